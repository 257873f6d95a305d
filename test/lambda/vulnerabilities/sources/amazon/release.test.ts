import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createFeedClient } from '../../../../../lambda/vulnerabilities/feed/client.ts';
import { mirrorBase } from '../../../../../lambda/vulnerabilities/feed/location.ts';
import {
  type AmazonRelease,
  findRepositories,
  readRepository,
} from '../../../../../lambda/vulnerabilities/sources/amazon/index.ts';
import { codeOf } from '../../../../support/code-of.ts';
import { writeAt, writeRepository } from '../../amazon-mirror.ts';
import { type MirrorServer, serveFolder } from '../../mirror.ts';

describe('vulnerabilities/sources/amazon/release', () => {
  let folder: string;
  let server: MirrorServer;
  const client = createFeedClient({ retryDelayMs: 1 });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'amazon-'));
    server = await serveFolder(folder);
  });
  afterEach(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  /** Ids of a release's advisories with the repository they are in. */
  async function read(base: URL, release: AmazonRelease): Promise<readonly string[]> {
    const found: string[] = [];
    for (const repository of await findRepositories(client, base, release)) {
      for (const record of await readRepository(client, repository))
        found.push(`${record.source} ${record.id}`);
    }
    return found;
  }

  it('reads a mirror on disk, with every extras topic it has', async () => {
    await writeRepository(join(folder, '1/updates'), [{ id: 'ALAS-1', fixes: { a: '1-1' } }]);
    await writeRepository(join(folder, '2/core'), [{ id: 'ALAS2-1', fixes: { a: '1-1' } }]);
    await writeRepository(join(folder, '2/extras/docker'), [
      { id: 'ALAS2DOCKER-1', fixes: { docker: '1-1' } },
    ]);
    await writeRepository(join(folder, '2/extras/R3.4'), [{ id: 'ALAS2R3.4-1', fixes: { R: '1-1' } }]);
    await writeRepository(join(folder, '2023/core'), [{ id: 'ALAS2023-1', fixes: { a: '1-1' } }]);
    const base = mirrorBase(pathToFileURL(folder).href);

    expect(await read(base, '1')).toEqual(['amazon:1/updates ALAS-1']);
    expect(await read(base, '2')).toEqual([
      'amazon:2/core ALAS2-1',
      'amazon:2/R3.4 ALAS2R3.4-1',
      'amazon:2/docker ALAS2DOCKER-1',
    ]);
    expect(await read(base, '2023')).toEqual(['amazon:2023/core ALAS2023-1']);
  });

  it("follows Amazon's mirror lists and its catalog of extras", async () => {
    const roots = {
      core: '2/core/2.0/x86_64/abc',
      docker: '2/extras/docker/x',
      al2023: 'al2023/core/guids/def/x86_64',
    };
    await writeAt(join(folder, '2/core/latest/x86_64/mirror.list'), `${server.url}${roots.core}\n`);
    await writeAt(
      join(folder, '2/extras/docker/latest/x86_64/mirror.list'),
      `${server.url}${roots.docker}/\n`,
    );
    await writeAt(
      join(folder, 'al2023/core/mirrors/latest/x86_64/mirror.list'),
      `${server.url}${roots.al2023}\n`,
    );
    const topics = [{ n: 'docker', inst: ['docker'] }, { n: 'empty-topic' }, { n: '../../core' }];
    await writeAt(join(folder, '2/extras-catalog-x86_64.json'), JSON.stringify({ topics, version: 1 }));
    await writeRepository(join(folder, roots.core), [{ id: 'ALAS2-1', fixes: { a: '1-1' } }]);
    await writeRepository(join(folder, roots.docker), [{ id: 'ALAS2DOCKER-1', fixes: { docker: '1-1' } }]);
    await writeRepository(join(folder, roots.al2023), [{ id: 'ALAS2023-1', fixes: { a: '1-1' } }]);
    const base = mirrorBase(server.url);

    expect(await read(base, '2')).toEqual(['amazon:2/core ALAS2-1', 'amazon:2/docker ALAS2DOCKER-1']);
    expect(await read(base, '2023')).toEqual(['amazon:2023/core ALAS2023-1']);
    expect(await read(base, '1')).toEqual([]);
  });

  it('rejects a mirror list that leads to an insecure address', async () => {
    await writeAt(join(folder, '2/core/latest/x86_64/mirror.list'), 'http://mirror.example.com/2/core\n');

    expect(await codeOf(() => read(mirrorBase(server.url), '2'))).toBe('mirror-invalid');
  });

  it('takes a repository without updateinfo for one without advisories', async () => {
    await writeAt(join(folder, '2023/core/repodata/repomd.xml'), '<repomd><data type="primary"/></repomd>');

    expect(await read(mirrorBase(server.url), '2023')).toEqual([]);
    expect(await findRepositories(client, mirrorBase(server.url), '2023')).toHaveLength(1);
  });

  it('fails when updateinfo is not what repomd.xml says', async () => {
    await writeRepository(join(folder, '2023/core'), [{ id: 'ALAS2023-1', fixes: { a: '1-1' } }]);
    await appendFile(join(folder, '2023/core/repodata/updateinfo.xml.gz'), 'x');

    expect(await codeOf(() => read(mirrorBase(server.url), '2023'))).toBe('feed-checksum-mismatch');
  });

  it('fails when the catalog of extras is not one', async () => {
    await writeRepository(join(folder, '2/core'), [{ id: 'ALAS2-1', fixes: { a: '1-1' } }]);
    await writeAt(join(folder, '2/extras-catalog-x86_64.json'), '<html>');

    expect(await codeOf(() => read(mirrorBase(server.url), '2'))).toBe('feed-malformed');
  });
});
