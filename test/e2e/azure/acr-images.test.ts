import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { reportDocumentSchema } from '../../../lambda/report/index.ts';
import { reportKey } from '../../../lambda/scan/index.ts';
import { FEDERATION_AUDIENCES } from '../../../lambda/shared/environment.ts';
import { DAY_MS } from '../../../lambda/shared/units.ts';
import { openObjectDirectory } from '../../../lambda/store/index.ts';
import { type RunningRegistry, startRegistry } from '../../../scripts/debian-image/serve.ts';
import { run as runTool } from '../../../scripts/debian-image/tools.ts';
import { layOutMirror, readSnapshot } from '../../../scripts/demo/snapshot-mirror.ts';
import type { Role } from '../../doubles/aws/iam.ts';
import { type AwsDouble, startAws } from '../../doubles/aws/index.ts';
import { type AcrDouble, startAcr } from '../../doubles/azure/acr.ts';
import { type EntraDouble, entraDouble } from '../../doubles/azure/entra.ts';
import { type EntraServer, LOOPBACK_PEM, startEntraServer } from '../../doubles/azure/entra-server.ts';
import { backline, type Run, run } from '../../scripts/cli/command.ts';
import { document, FUNCTION_ROLE } from '../../support/aws-roles.ts';
import { CUSTOMER } from '../../support/cdk.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { FIRST_TAGS, makeImages, type SampleImages } from '../images.ts';
import type { ScanAcrSettings } from './scan-acr.ts';

const TENANT = '409520d4-8100-4d1d-ad47-72432ddcc120';
const APP = '3fc75f55-e53f-4950-9127-665106cded58';
/** Has a service principal in the tenant, and no right in the registry. */
const STRANGER = '5d3c0a52-1f5e-4c5b-8a55-0d1c4bb0a9f7';
const SECRET = 'planted-secret-of-the-application';
const REGISTRIES = 'https://containerregistry.azure.net';
const PROGRAM = join(import.meta.dirname, 'scan-acr.ts');
/** Both have advisories in the demo's snapshot. */
const PYTHON_PACKAGES = ['six==1.16.0', 'urllib3==1.26.4'];

describe('e2e/azure/acr-images', () => {
  const path = temporaryDirectory();
  const logs: string[] = [];
  const sessionSecrets: string[] = [];
  let registry: RunningRegistry;
  let images: SampleImages;
  let entra: EntraDouble;
  let entraServer: EntraServer;
  let acr: AcrDouble;
  let aws: AwsDouble;
  let advisories: Advisories;
  let first: Run;

  beforeAll(async () => {
    for (const folder of ['images', 'registry', 'mirror', 'kept', 'federated', 'tmp'])
      mkdirSync(path(folder));
    const site = path('site-packages');
    runTool([
      'python3',
      '-m',
      'pip',
      'install',
      '--quiet',
      '--no-compile',
      '--target',
      site,
      ...PYTHON_PACKAGES,
    ]);
    images = makeImages(path('images'), site);
    registry = await startRegistry(path('registry'));
    images.pushFirst(registry.host);
    const { mirror, epssUrl, kevUrl } = await layOutMirror(path('mirror'), await readSnapshot());
    const amazonMirror = `file:${path('amazon')}`;
    advisories = { directory: path('db'), mirror, epssUrl, kevUrl, amazonMirror };
    await backline(['db', 'update', ...feeds()]);
    aws = await startAws({ accountId: CUSTOMER, roles: [scannerRole()] });
    const { issuer, key } = aws.webIdentity;
    const federated = { issuer, subject: FUNCTION_ROLE, key };
    entra = entraDouble({
      applications: [
        { id: APP, secret: SECRET, federated },
        { id: STRANGER, secret: SECRET },
      ],
      tenants: { [TENANT]: [APP, STRANGER] },
      resources: [REGISTRIES],
    });
    entraServer = await startEntraServer(entra);
    acr = await startAcr({
      entra,
      tenantId: TENANT,
      audiences: [REGISTRIES],
      assignments: [{ appId: APP, role: 'AcrPull' }],
      upstream: `http://${registry.host}`,
      pageEntries: 1,
    });
    first = await scan('kept', applicationSecret());
  }, 300_000);

  afterAll(async () => {
    await Promise.all([acr?.close(), entraServer?.close(), aws?.close(), registry?.stop()]);
  });

  function feeds(): readonly string[] {
    const { directory, mirror, epssUrl, kevUrl, amazonMirror } = advisories;
    return [
      `--db=${directory}`,
      `--mirror=${mirror}`,
      `--epss-url=${epssUrl}`,
      `--kev-url=${kevUrl}`,
      `--amazon-mirror=${amazonMirror}`,
    ];
  }

  type Login = Pick<ScanAcrSettings, 'login' | 'appId'> & { readonly env: Readonly<Record<string, string>> };

  function applicationSecret(appId = APP): Login {
    return { login: 'default', appId, env: { AZURE_CLIENT_SECRET: SECRET } };
  }

  /** What a function of the hub has: a session of its role, and nothing of Azure. */
  function roleOfAws(): Login {
    const { accessKeyId, secretAccessKey, sessionToken = '' } = aws.sessionOf(FUNCTION_ROLE);
    sessionSecrets.push(secretAccessKey, sessionToken);
    const env = {
      AWS_ENDPOINT_URL_STS: aws.origin,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    };
    return { login: 'federated', appId: APP, env };
  }

  /** One look through the registry, in a process of its own whose home is a folder, and whose temporary files are in `tmp`. */
  async function scan(folder: string, { env, ...login }: Login): Promise<Run> {
    const settings: ScanAcrSettings = {
      ...login,
      host: acr.host,
      tenantId: TENANT,
      folder: path(folder),
      advisories: { ...advisories, offline: true, maxAgeMs: DAY_MS },
    };
    writeFileSync(path('settings.json'), JSON.stringify(settings));
    const ended = await run(process.execPath, [PROGRAM, path('settings.json')], {
      env: {
        ...env,
        HOME: path(folder),
        TMPDIR: path('tmp'),
        NODE_EXTRA_CA_CERTS: LOOPBACK_PEM,
        AZURE_AUTHORITY_HOST: entraServer.origin,
      },
    });
    logs.push(ended.stdout, ended.stderr);
    return ended;
  }

  it('discovers every tagged image behind the login, and scans it once', async () => {
    expect(first.exitCode).toBe(0);
    const { discovery, images: found } = resultOf(first);

    expect(discovery).toMatchObject({ repositories: 3, images: 3, requested: 3, gaps: [] });
    expect(Object.fromEntries(found.map(({ repository, tags }) => [repository.name, tags]))).toEqual(
      FIRST_TAGS,
    );
    expect(found.map(({ outcome }) => outcome)).toEqual(['scanned', 'scanned', 'scanned']);
    expect(found.map(({ platforms }) => platforms.map(({ platform }) => platform))).toEqual([
      ['linux/amd64'],
      ['linux/amd64'],
      ['linux/amd64', 'linux/arm64'],
    ]);
    expect((await fetch(`${acr.origin}/v2/team/app/manifests/1`)).status).toBe(401);
  });

  it('discovers and scans the same with nothing but the role of AWS', async () => {
    const blobs = acr.storageRequests.length;

    const { discovery, images: found } = resultOf(await scan('federated', roleOfAws()));

    expect(discovery).toMatchObject({ repositories: 3, images: 3, requested: 3, gaps: [] });
    const scanned = ({ images: all }: Result) => all.map(({ digest, outcome }) => `${digest} ${outcome}`);
    expect(scanned({ discovery, images: found })).toEqual(scanned(resultOf(first)));
    expect(aws.calls.map(({ action, status }) => `${action} ${status}`)).toEqual(['GetWebIdentityToken 200']);
    expect(entra.presented.length).toBeGreaterThan(0);
    expect(acr.storageRequests.length).toBeGreaterThan(blobs);
  });

  it('keeps the reports that scans of the registry behind it give', async () => {
    const objects = openObjectDirectory(path('kept', 'objects'));
    let findings = 0;

    for (const { repository, digest } of resultOf(first).images) {
      const stored = await objects.get(reportKey(digest));
      const report = JSON.parse(gunzipSync(stored?.bytes ?? '').toString('utf8'));
      const input = `${registry.host}/${repository.name}@${digest}`;
      const options = ['--insecure', '--all-platforms', '--format=json', '--offline', '--no-layer-cache'];
      const direct = await backline(['scan', input, ...options, ...feeds()]);

      expect(direct.exitCode).toBe(0);
      expect(comparable(report)).toEqual(comparable(JSON.parse(direct.stdout)));
      for (const one of reportDocumentSchema.parse(report).reports) {
        expect(one.packages.length).toBeGreaterThan(0);
        findings += one.findings.length;
        // The advisories are those of the demo, of one day; this machine may have packages of others than Debian.
        const gaps = one.coverage.filter(({ outcome }) => outcome !== 'complete');
        expect(gaps.filter(({ subject }) => subject !== 'feed' && subject !== 'os')).toEqual([]);
      }
    }
    expect(findings).toBeGreaterThan(0);
  });

  it('reads no image again at the next run, and of a new one the new layer alone', async () => {
    const before = acr.requests.length;
    const again = resultOf(await scan('kept', applicationSecret()));
    const asked = acr.requests.slice(before).filter(({ url }) => url.startsWith('/v2/'));
    const blobs = acr.storageRequests.length;
    const digest = images.pushSecond(registry.host);

    const third = resultOf(await scan('kept', applicationSecret()));

    expect([again.images, asked]).toEqual([[], []]);
    expect(third.images).toMatchObject([{ digest, tags: ['2'], outcome: 'scanned', layersReused: 2 }]);
    // The config and the layer.
    expect(acr.storageRequests.length - blobs).toBe(2);
  });

  it('reports what an application without a right is refused, which repeats its token', async () => {
    const refused = resultOf(await scan('kept', applicationSecret(STRANGER)));

    expect(refused.discovery.gaps).toMatchObject([{ subject: 'registry', reason: 'role-missing' }]);
    expect(refused.images).toEqual([]);
  });

  it('leaves no secret on disk, in the state, or in what it prints', async () => {
    const signature = 'sig=secret';
    const secrets = [SECRET, ...sessionSecrets, ...entra.presented, ...entra.given, ...acr.given, signature];
    mkdirSync(path('control'));
    writeFileSync(path('control', 'a.gz'), gzipSync(`{"token":"${entra.given[0]}"}`));
    writeFileSync(path('control', 'b'), `Bearer ${acr.given.at(-1)}`);

    writeFileSync(path('control', 'c'), `client_assertion=${entra.presented[0]}`);

    expect(filesWith(secrets, path('control'))).toEqual(['a.gz', 'b', 'c']);
    expect(sessionSecrets.every((secret) => secret.length > 10)).toBe(true);
    expect(entra.given.length).toBeGreaterThanOrEqual(4);
    expect(acr.given.length).toBeGreaterThan(entra.given.length);
    expect(filesBelow(path('kept')).length).toBeGreaterThan(10);
    expect(filesBelow(path('federated')).length).toBeGreaterThan(10);
    for (const folder of ['kept', 'federated', 'tmp', 'db'])
      expect(filesWith(secrets, path(folder))).toEqual([]);
    expect(secrets.filter((secret) => logs.some((text) => text.includes(secret)))).toEqual([]);
    expect(logs.join('')).toContain('"stage":"scanning"');
  });
});

/** May ask for statements of who it is, as the hub's functions may, and nothing else. */
function scannerRole(): Role {
  const trust = document({
    Effect: 'Allow',
    Principal: { Service: 'lambda.amazonaws.com' },
    Action: 'sts:AssumeRole',
  });
  const audiences = { 'sts:IdentityTokenAudience': Object.values(FEDERATION_AUDIENCES) };
  const statement = {
    Effect: 'Allow',
    Action: 'sts:GetWebIdentityToken',
    Resource: '*',
    Condition: { 'ForAllValues:StringEquals': audiences },
  };
  return { arn: FUNCTION_ROLE, trust, policies: [document(statement)] };
}

type Advisories = Readonly<Record<'directory' | 'mirror' | 'epssUrl' | 'kevUrl' | 'amazonMirror', string>>;

type Result = {
  readonly discovery: { readonly gaps: readonly object[] };
  readonly images: readonly {
    readonly repository: { readonly name: string };
    readonly tags: readonly string[];
    readonly digest: string;
    readonly outcome: string;
    readonly platforms: readonly { readonly platform: string }[];
  }[];
};

function resultOf({ stdout, stderr }: Run): Result {
  if (stdout === '') throw new Error(stderr);
  const { integrations } = JSON.parse(stdout) as { integrations: readonly [Result] };
  return integrations[0];
}

/** What a scan took, and when and under which name it was made, is no part of what it found. */
function comparable(document: { readonly reports: readonly { readonly image: object }[] }): unknown {
  const reports = document.reports.map(({ image, ...report }) => ({
    ...report,
    image: { ...image, name: '' },
  }));
  const own = new Set(['scannedAt', 'timings', 'bytesPulled', 'layersReused']);
  return JSON.parse(JSON.stringify({ ...document, reports }), (key, value: unknown) =>
    own.has(key) ? undefined : value,
  );
}

/** Paths of all files below a folder, from there. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** Those that hold one of the secrets, as they are or inflated. */
function filesWith(secrets: readonly string[], folder: string): readonly string[] {
  return filesBelow(folder).filter((name) => {
    const bytes = readFileSync(join(folder, name));
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const texts = isGzip ? [bytes, gunzipSync(bytes)] : [bytes];
    return texts.some((text) => secrets.some((secret) => text.includes(secret)));
  });
}
