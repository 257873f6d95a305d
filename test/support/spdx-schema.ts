import { z } from 'zod';

/**
 * What the SPDX 2.3 specification asks of the parts Backline writes, for no package of npm ships its JSON schema.
 * https://spdx.github.io/spdx-spec/v2.3/ (chapters 6, 7, 10, 11 and annex F), https://github.com/spdx/spdx-spec/blob/v2.3/schemas/spdx-schema.json
 */
const spdxId = z.string().regex(/^SPDXRef-[A-Za-z0-9.-]+$/);
const line = z.string().min(1);
/** Idstrings joined by operators, with brackets; see annex D. */
const expression = z.string().regex(/^(?:NOASSERTION|NONE|[A-Za-z0-9.+() -]+)$/);

const externalRef = z.discriminatedUnion('referenceCategory', [
  z.strictObject({
    referenceCategory: z.literal('PACKAGE-MANAGER'),
    referenceType: z.literal('purl'),
    referenceLocator: z.string().regex(/^pkg:[a-z]+\/\S+$/),
  }),
  z.strictObject({
    referenceCategory: z.literal('SECURITY'),
    referenceType: z.enum(['advisory', 'cpe22Type', 'cpe23Type', 'fix', 'url', 'swid']),
    referenceLocator: z.url({ protocol: /^https?$/ }),
    comment: z.string().optional(),
  }),
]);

const packageSchema = z.strictObject({
  SPDXID: spdxId,
  name: z.string(),
  versionInfo: z.string().optional(),
  supplier: z
    .string()
    .regex(/^(?:NOASSERTION|(?:Person|Organization): [^()]+)$/)
    .optional(),
  downloadLocation: line,
  filesAnalyzed: z.literal(false),
  primaryPackagePurpose: z.enum(['CONTAINER', 'LIBRARY', 'OPERATING_SYSTEM', 'APPLICATION']).optional(),
  checksums: z
    .array(
      z.strictObject({
        algorithm: z.enum(['SHA256', 'SHA512']),
        checksumValue: z.string().regex(/^[0-9a-f]+$/),
      }),
    )
    .optional(),
  sourceInfo: z.string().optional(),
  licenseConcluded: expression,
  licenseDeclared: expression,
  copyrightText: z.string(),
  externalRefs: z.array(externalRef).optional(),
});

const documentSchema = z.strictObject({
  spdxVersion: z.literal('SPDX-2.3'),
  dataLicense: z.literal('CC0-1.0'),
  SPDXID: z.literal('SPDXRef-DOCUMENT'),
  name: z.string(),
  // A URI without a fragment.
  documentNamespace: z.string().regex(/^[a-z]+:[^#\s]+$/),
  creationInfo: z.strictObject({
    created: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    creators: z.array(z.string().regex(/^(?:Tool|Person|Organization): .+$/)).min(1),
  }),
  comment: z.string().optional(),
  documentDescribes: z.array(spdxId),
  packages: z.array(packageSchema),
  hasExtractedLicensingInfos: z
    .array(
      z.strictObject({
        licenseId: z.string().regex(/^LicenseRef-[A-Za-z0-9.-]+$/),
        name: line,
        extractedText: line,
      }),
    )
    .optional(),
  relationships: z
    .array(
      z.strictObject({
        spdxElementId: spdxId,
        relationshipType: z.enum(['DESCRIBES', 'CONTAINS']),
        relatedSpdxElement: z.union([spdxId, z.literal('NONE'), z.literal('NOASSERTION')]),
      }),
    )
    .min(1),
});

/** Where a document breaks the specification: its shape, ids that are not unique, references that lead nowhere. */
export function spdxErrors(text: unknown): readonly string[] {
  const parsed = documentSchema.safeParse(text);
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => `${path.join('/')} ${message}`);
  const { packages, relationships, documentDescribes, hasExtractedLicensingInfos = [] } = parsed.data;
  const ids = packages.map(({ SPDXID }) => SPDXID);
  const known = new Set([...ids, 'SPDXRef-DOCUMENT', 'NONE', 'NOASSERTION']);
  const licenses = new Set(hasExtractedLicensingInfos.map(({ licenseId }) => licenseId));
  const referredTo = packages.flatMap(
    ({ licenseDeclared }) => licenseDeclared.match(/LicenseRef-[A-Za-z0-9.-]+/g) ?? [],
  );
  return [
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} is not unique`),
    ...[...relationships.flatMap((one) => [one.spdxElementId, one.relatedSpdxElement]), ...documentDescribes]
      .filter((id) => !known.has(id))
      .map((id) => `${id} is not defined`),
    ...referredTo.filter((id) => !licenses.has(id)).map((id) => `${id} is not defined`),
  ];
}
