/**
 * Content sets and the CPE, as OSV writes it, of the products they serve. Red Hat's own table is repository-to-cpe.json
 * (https://security.access.redhat.com/data/meta/v1/repository-to-cpe.json); these are the naming rules behind the
 * repositories that images are built from. A content set that follows none of them is reported, not guessed.
 */
type Rule = {
  readonly pattern: RegExp;
  cpe(groups: Readonly<Record<string, string | undefined>>, minor: string): string | undefined;
};

/** Debug and source repositories hold nothing that is installed. */
const NOT_INSTALLED = /-(?:debug|source)-rpms$/;
/** `rhel-8-for-x86_64-baseos-eus-rpms__8_DOT_6`: the release the repository was frozen at. */
const FROZEN = /__(?<major>\d{1,3})_DOT_(?<minor>\d{1,3})$/;
const FROZEN_SUFFIX = /__[0-9A-Z_]{1,20}$/;

const REPOSITORY_OF: Readonly<Record<string, string>> = {
  baseos: 'baseos',
  appstream: 'appstream',
  supplementary: 'supplementary',
  highavailability: 'highavailability',
  resilientstorage: 'resilientstorage',
  nfv: 'nfv',
  rt: 'realtime',
  'sap-netweaver': 'sap',
  'sap-solutions': 'sap_hana',
  'codeready-builder': 'crb',
};

const VARIANT_OF: Readonly<Record<string, string>> = {
  server: 'server',
  client: 'client',
  desktop: 'client',
  workstation: 'workstation',
  'hpc-node': 'computenode',
};

const RULES: readonly Rule[] = [
  {
    pattern:
      /^rhel-(?<major>\d{1,3})-for-[a-z0-9_]+-(?<repository>[a-z]+(?:-(?:netweaver|solutions))?)(?:-(?<stream>eus|e4s|aus|tus))?-rpms$/,
    cpe: ({ major, repository = '', stream }, minor) =>
      cpeOfStream(major, repositoryOf(repository), stream, minor),
  },
  {
    pattern: /^codeready-builder-for-rhel-(?<major>\d{1,3})-[a-z0-9_]+(?:-(?<stream>eus))?-rpms$/,
    cpe: ({ major, stream }, minor) => cpeOfStream(major, 'crb', stream, minor),
  },
  {
    pattern: /^ubi-(?<major>\d{1,3})(?:-for-[a-z0-9_]+)?-(?<repository>[a-z-]+)-rpms$/,
    cpe: ({ major, repository = '' }, minor) =>
      cpeOfStream(major, repositoryOf(repository), undefined, minor),
  },
  {
    pattern:
      /^rhel-(?<major>[67])-(?<variant>server|client|desktop|workstation|hpc-node)(?:-optional)?-rpms$/,
    cpe: ({ major, variant = '' }) => `enterprise_linux:${major}::${VARIANT_OF[variant]}`,
  },
  {
    pattern: /^rhel-(?<major>[67])-server-extras-rpms$/,
    cpe: ({ major }) => `rhel_extras:${major}`,
  },
  {
    pattern: /^rhel-server-rhscl-(?<major>[67])-rpms$/,
    cpe: ({ major }) => `rhel_software_collections:3::el${major}`,
  },
  {
    pattern: /^rhocp-(?<version>4\.\d{1,2})-for-rhel-(?<major>\d{1,2})-[a-z0-9_]+-rpms$/,
    cpe: ({ version, major }) => `openshift:${version}::el${major}`,
  },
];

/**
 * The OSV ecosystems of the content sets, and those sets that no rule knows. A frozen stream (EUS and its like) of a
 * repository stands in for the main one: its image cannot take the main stream's later fixes.
 * `version` is the release of the image, for streams that do not say their own.
 */
export function ecosystemsOfContentSets(
  contentSets: readonly string[],
  version: string,
): { readonly ecosystems: readonly string[]; readonly unmapped: readonly string[] } {
  const installed = contentSets.filter((name) => !NOT_INSTALLED.test(name.replace(FROZEN_SUFFIX, '')));
  const mapped = installed.map((name) => ({ name, cpe: cpeOf(name, version) }));
  const cpes = new Set(mapped.flatMap(({ cpe }) => (cpe === undefined ? [] : [cpe])));
  const replaced = replacedStreams(cpes);
  const ecosystems = [...cpes].filter((cpe) => !replaced.has(cpe)).map((cpe) => `Red Hat:${cpe}`);
  return { ecosystems, unmapped: mapped.filter(({ cpe }) => cpe === undefined).map(({ name }) => name) };
}

function cpeOf(contentSet: string, version: string): string | undefined {
  const frozen = FROZEN.exec(contentSet)?.groups;
  const minor = frozen === undefined ? version : `${frozen['major']}.${frozen['minor']}`;
  const name = contentSet.replace(FROZEN_SUFFIX, '');
  for (const rule of RULES) {
    const groups = rule.pattern.exec(name)?.groups;
    if (groups !== undefined) return rule.cpe(groups, minor);
  }
  return undefined;
}

function repositoryOf(name: string): string | undefined {
  return Object.hasOwn(REPOSITORY_OF, name) ? REPOSITORY_OF[name] : undefined;
}

function cpeOfStream(
  major: string | undefined,
  repository: string | undefined,
  stream: string | undefined,
  minor: string,
): string | undefined {
  if (repository === undefined) return undefined;
  return stream === undefined
    ? `enterprise_linux:${major}::${repository}`
    : `rhel_${stream}:${minor}::${repository}`;
}

const FROZEN_CPE = /^rhel_(?:eus|e4s|aus|tus):(?<major>\d{1,3})\.\d{1,3}::(?<repository>\w+)$/;

/** The main streams that the frozen ones among these CPEs stand in for. */
function replacedStreams(cpes: ReadonlySet<string>): ReadonlySet<string> {
  const replaced = new Set<string>();
  for (const cpe of cpes) {
    const { major, repository } = FROZEN_CPE.exec(cpe)?.groups ?? {};
    if (major !== undefined) replaced.add(`enterprise_linux:${major}::${repository}`);
  }
  return replaced;
}
