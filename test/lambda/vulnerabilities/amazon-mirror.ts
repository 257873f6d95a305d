import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** One update of a repository: id, and the packages it fixes with their `version-release`. */
export type TestUpdate = {
  readonly id: string;
  readonly fixes: Readonly<Record<string, string>>;
  readonly cve?: string;
};

/** Writes `repodata/` of one repository: `updateinfo.xml.gz` and a `repomd.xml` that names it with its hash. */
export async function writeRepository(folder: string, updates: readonly TestUpdate[]): Promise<void> {
  const updateInfo = gzipSync(`<?xml version="1.0"?><updates>${updates.map(updateXml).join('')}</updates>`);
  const sha256 = createHash('sha256').update(updateInfo).digest('hex');
  const repomd = `<repomd><data type="updateinfo"><checksum type="sha256">${sha256}</checksum><location href="repodata/updateinfo.xml.gz"/></data></repomd>`;
  await writeAt(join(folder, 'repodata', 'updateinfo.xml.gz'), updateInfo);
  await writeAt(join(folder, 'repodata', 'repomd.xml'), repomd);
}

/** Writes a file with the folders above it. */
export async function writeAt(path: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

function updateXml({ id, fixes, cve }: TestUpdate): string {
  const packages = Object.entries(fixes).map(([name, fixed]) => {
    const [version = '', release = ''] = fixed.split('-');
    return `<package arch="x86_64" epoch="0" name="${name}" version="${version}" release="${release}"/>`;
  });
  const reference = cve === undefined ? '' : `<reference id="${cve}" type="cve"/>`;
  return `<update><id>${id}</id><issued date="2024-01-01 00:00"/><updated date="2024-01-02 00:00"/><severity>low</severity>
    <references>${reference}</references><pkglist><collection>${packages.join('')}</collection></pkglist></update>`;
}
