import { type BuiltImage, type EntrySpec, image, layer } from './image-builder.ts';
import { zipOf } from './zip.ts';

/** Packages of Debian 12.0, as released on 2023-06-10: nothing of what was mended since. */
const DEBIAN_PACKAGES: readonly DebianPackage[] = [
  { name: 'base-files', version: '12.4' },
  { name: 'bash', version: '5.2.15-2+b2', source: 'bash (5.2.15-2)' },
  { name: 'ca-certificates', version: '20230311', architecture: 'all' },
  { name: 'gpgv', version: '2.2.40-1.1', source: 'gnupg2' },
  { name: 'libc6', version: '2.36-9', source: 'glibc' },
  { name: 'libcap2', version: '1:2.66-4' },
  { name: 'libexpat1', version: '2.5.0-1', source: 'expat' },
  { name: 'liblzma5', version: '5.4.1-0.2', source: 'xz-utils' },
  { name: 'libnghttp2-14', version: '1.52.0-1', source: 'nghttp2' },
  { name: 'libssl3', version: '3.0.9-1', source: 'openssl' },
  { name: 'libwebp7', version: '1.2.4-0.1', source: 'libwebp' },
  { name: 'perl-base', version: '5.36.0-7', source: 'perl' },
  { name: 'tar', version: '1.34+dfsg-1.2' },
  { name: 'zlib1g', version: '1:1.2.13.dfsg-1', source: 'zlib' },
];

/** Wheels below /usr/local. */
const PYTHON_PACKAGES = {
  Flask: '1.1.2',
  Jinja2: '2.11.2',
  PyYAML: '5.3.1',
  requests: '2.25.1',
  urllib3: '1.26.4',
};

/** Folders below srv/web/node_modules; the inner minimist is a second version beside the outer one. */
const NPM_PACKAGES = {
  express: '4.17.1',
  handlebars: '4.7.6',
  jsonwebtoken: '8.5.1',
  lodash: '4.17.20',
  minimist: '1.2.5',
  mkdirp: '0.5.1',
  'mkdirp/node_modules/minimist': '0.0.8',
  qs: '6.7.0',
};
/** Taken away again by the last layer: its advisories are known, and it is not in the image. */
const REMOVED_NPM_PACKAGE = 'handlebars';

/** Libraries in a Spring Boot archive. */
const JAVA_LIBRARIES: readonly JavaArtifact[] = [
  { group: 'org.apache.logging.log4j', artifact: 'log4j-core', version: '2.14.1' },
  { group: 'org.apache.commons', artifact: 'commons-text', version: '1.9' },
  { group: 'org.springframework', artifact: 'spring-beans', version: '5.3.17' },
];
const JAVA_APPLICATION: JavaArtifact = { group: 'com.example', artifact: 'shop', version: '1.4.2' };

/** A jar cut off in the middle, as a broken build leaves it: what is in it cannot be told. */
export const TRUNCATED_JAR = 'opt/shop/lib/reports-2.0.1.jar';

/** Names of the packages of the image, the removed one included, by OSV ecosystem and as that writes them. */
export const SAMPLE_NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ['Debian:12', [...new Set(DEBIAN_PACKAGES.map(sourceName))]],
  ['PyPI', Object.keys(PYTHON_PACKAGES).map((name) => name.toLowerCase())],
  ['npm', [...new Set(Object.keys(NPM_PACKAGES).map(folderName))]],
  ['Maven', JAVA_LIBRARIES.map(({ group, artifact }) => `${group}:${artifact}`)],
]);

type DebianPackage = {
  readonly name: string;
  readonly version: string;
  /** As dpkg writes it, absent when it is the package's own. */
  readonly source?: string;
  readonly architecture?: 'all';
};
type JavaArtifact = { readonly group: string; readonly artifact: string; readonly version: string };

/** The image: a Debian base, one layer for each of three applications, and a layer that takes a package away. */
export async function sampleImage(): Promise<BuiltImage> {
  const steps: readonly { readonly createdBy: string; readonly entries: readonly EntrySpec[] }[] = [
    { createdBy: 'ADD rootfs.tar.xz / # debian 12.0', entries: debianBase() },
    { createdBy: 'RUN pip install --requirement requirements.txt', entries: pythonPackages() },
    { createdBy: 'RUN npm ci --omit=dev', entries: npmPackages() },
    { createdBy: 'COPY build/libs /opt/shop', entries: await javaArchives() },
    {
      createdBy: `RUN npm uninstall ${REMOVED_NPM_PACKAGE}`,
      entries: [{ path: `${NODE_MODULES}/.wh.${REMOVED_NPM_PACKAGE}` }],
    },
  ];
  const layers = await Promise.all(steps.map(({ entries }) => layer(entries)));
  return image(layers, {
    created: CREATED,
    config: { Env: ['PATH=/usr/local/bin:/usr/bin:/bin'], User: 'app', WorkingDir: '/srv/web' },
    history: steps.map(({ createdBy }) => ({ created: CREATED, created_by: createdBy })),
  });
}

const CREATED = '2023-06-20T09:00:00Z';
const NODE_MODULES = 'srv/web/node_modules';
const SITE_PACKAGES = 'usr/local/lib/python3.11/site-packages';

const OS_RELEASE = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
`;

function debianBase(): EntrySpec[] {
  return [
    { path: 'usr/lib/os-release', content: OS_RELEASE },
    { path: 'etc/os-release', linkTo: '../usr/lib/os-release' },
    { path: 'etc/debian_version', content: '12.0\n' },
    { path: 'var/lib/dpkg/status', content: DEBIAN_PACKAGES.map(stanza).join('\n') },
  ];
}

/** https://www.debian.org/doc/debian-policy/ch-controlfields.html */
function stanza({ name, version, source, architecture }: DebianPackage): string {
  const lines = [
    `Package: ${name}`,
    'Status: install ok installed',
    ...(source === undefined ? [] : [`Source: ${source}`]),
    `Version: ${version}`,
    `Architecture: ${architecture ?? 'amd64'}`,
  ];
  return `${lines.join('\n')}\n`;
}

function sourceName({ name, source }: DebianPackage): string {
  return source?.split(' ')[0] ?? name;
}

function pythonPackages(): EntrySpec[] {
  return Object.entries(PYTHON_PACKAGES).map(([name, version]) => ({
    path: `${SITE_PACKAGES}/${name}-${version}.dist-info/METADATA`,
    content: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
  }));
}

function npmPackages(): EntrySpec[] {
  return Object.entries(NPM_PACKAGES).map(([folder, version]) => ({
    path: `${NODE_MODULES}/${folder}/package.json`,
    content: `${JSON.stringify({ name: folderName(folder), version, license: 'MIT' }, undefined, 2)}\n`,
  }));
}

function folderName(folder: string): string {
  return folder.split('/').at(-1) ?? folder;
}

async function javaArchives(): Promise<EntrySpec[]> {
  const libraries = await Promise.all(
    JAVA_LIBRARIES.map(
      async (library): Promise<[string, Buffer]> => [
        `BOOT-INF/lib/${library.artifact}-${library.version}.jar`,
        await zipOf([pomProperties(library)], { compress: true }),
      ],
    ),
  );
  // Spring Boot stores the libraries as they are, so that they can be read in place.
  const application = await zipOf([pomProperties(JAVA_APPLICATION), ...libraries], { compress: false });
  const whole = await zipOf(
    [pomProperties({ group: 'com.example', artifact: 'reports', version: '2.0.1' })],
    {
      compress: true,
    },
  );
  const { artifact, version } = JAVA_APPLICATION;
  return [
    { path: `opt/shop/${artifact}-${version}.jar`, content: application },
    { path: TRUNCATED_JAR, content: whole.subarray(0, Math.floor(whole.length * 0.6)) },
  ];
}

/** https://maven.apache.org/shared/maven-archiver/#pom-properties-content */
function pomProperties({ group, artifact, version }: JavaArtifact): [path: string, content: string] {
  return [
    `META-INF/maven/${group}/${artifact}/pom.properties`,
    `artifactId=${artifact}\ngroupId=${group}\nversion=${version}\n`,
  ];
}
