import { writeFile } from 'node:fs/promises';
import { beforeAll } from '@jest/globals';
import { DAY_MS } from '../../../lambda/shared/units.ts';
import { DEBIAN_12, dpkg, npmPackage } from '../../lambda/scan/bench.ts';
import { fixed } from '../../lambda/vulnerabilities/database/records.ts';
import { writeMirror } from '../../lambda/vulnerabilities/mirror.ts';
import {
  type BuiltImage,
  dockerSaveTar,
  image,
  layer,
  writeLayoutDirectory,
} from '../../support/image-builder.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const CRITICAL = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';
const LOW = 'CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N';

/** Images and feeds on disk, for the command line to work with. */
export interface Workbench {
  /** A path in the bench's folder. */
  path(...parts: string[]): string;
  /** An OCI layout of an image with one critical finding that has a fix, and one low one that has none. */
  readonly vulnerable: string;
  /** An archive of an image with nothing wrong. */
  readonly clean: string;
  /** An archive of an image with a file that cannot be read. */
  readonly unreadable: string;
  /** Options that take all advisories from files, into the database of this name. */
  feeds(database: string): string[];
}

/** A workbench for the tests of a file. */
export function workbench(): Workbench {
  const path = temporaryDirectory();
  const feeds = { mirror: '', epss: '', kev: '' };
  beforeAll(async () => {
    feeds.mirror = await writeMirror(path('mirror'), records());
    feeds.epss = await stored(
      'epss.csv',
      `#model_version:v1,score_date:${today()}T00:00:00+0000\ncve,epss,percentile\nCVE-2023-5363,0.5,0.9\n`,
    );
    feeds.kev = await stored(
      'kev.json',
      JSON.stringify({
        dateReleased: `${today()}T00:00:00Z`,
        vulnerabilities: [{ cveID: 'CVE-2021-44228', dateAdded: '2021-12-10', dueDate: '2021-12-24' }],
      }),
    );
    const debian = await layer([DEBIAN_12, dpkg({ 'libssl3 openssl': '3.0.9-1', tar: '1.34' })]);
    await writeLayoutDirectory(path('layout'), [{ image: image([debian]), name: '1' }]);
    await saved('clean.tar', image([await layer([DEBIAN_12, dpkg({ bash: '5.2.15-2' })])]));
    const broken = { path: 'srv/node_modules/broken/package.json', content: '{"name":' };
    const app = npmPackage('srv/node_modules/fine', 'fine', '1.0.0');
    await saved('unreadable.tar', image([await layer([DEBIAN_12, dpkg({ bash: '5.2.15-2' }), app, broken])]));
  });
  const stored = async (name: string, content: string): Promise<string> => {
    await writeFile(path(name), content);
    return `file:${path(name)}`;
  };
  const saved = async (name: string, built: BuiltImage): Promise<void> => {
    await writeFile(path(name), await dockerSaveTar([{ image: built, tags: ['app:1'] }]));
  };
  return {
    path,
    get vulnerable() {
      return `oci:${path('layout')}:1`;
    },
    get clean() {
      return path('clean.tar');
    },
    get unreadable() {
      return path('unreadable.tar');
    },
    feeds: (database) => [
      `--db=${path(database)}`,
      `--mirror=${feeds.mirror}`,
      `--amazon-mirror=file:${path('amazon')}`,
      `--epss-url=${feeds.epss}`,
      `--kev-url=${feeds.kev}`,
    ],
  };
}

function today(): string {
  return new Date(Date.now() - DAY_MS).toISOString().slice(0, 10);
}

function records() {
  const modified = `${today()}T00:00:00Z`;
  const cvss = (score: string) => ({ severity: [{ type: 'CVSS_V3', score }] });
  const unfixed = {
    id: 'DEBIAN-CVE-2005-2541',
    modified,
    upstream: ['CVE-2005-2541'],
    affected: [
      {
        package: { ecosystem: 'Debian:12', name: 'tar' },
        ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }],
      },
    ],
    ...cvss(LOW),
  };
  const openssl = fixed('DEBIAN-CVE-2023-5363', { 'Debian:12 openssl': '3.0.11-1~deb12u2' }, modified, {
    upstream: ['CVE-2023-5363'],
    ...cvss(CRITICAL),
  });
  return {
    Debian: [openssl, unfixed],
    npm: [fixed('GHSA-35jh-r3h4-6jhm', { 'npm lodash': '4.17.21' }, modified)],
  };
}
