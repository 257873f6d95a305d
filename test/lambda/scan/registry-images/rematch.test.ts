import { describe, expect, it } from '@jest/globals';
import { inventoryKey } from '../../../../lambda/scan/registry-images/documents.ts';
import { HOST } from '../../../doubles/memory-registry.ts';
import { image, layer } from '../../../support/image-builder.ts';
import { fixed } from '../../vulnerabilities/database/records.ts';
import { DEBIAN_12, dpkg, npmPackage, RECORDS } from '../bench.ts';
import { hubBench } from './bench.ts';

const bench = hubBench();

async function base() {
  return await layer([DEBIAN_12, dpkg({ 'libssl3 openssl': '3.0.9-1' })]);
}

async function app(version = '4.17.20', architecture = 'amd64') {
  const modules = await layer([npmPackage('app/node_modules/lodash', 'lodash', version)]);
  return image([await base(), modules], { architecture });
}

describe('scan/registry-images/rematch', () => {
  it('finds what became known since the scan, without pulling anything', async () => {
    await bench.refresh({ Debian: RECORDS.Debian });
    const digest = bench.registry.tag('team/app', '1', await app());
    await bench.discover();
    await bench.scanAll();
    bench.registry.opened.splice(0);

    const { images } = await bench.refresh();
    const digests = bench.sent.rematches.flatMap((message) => message.digests);
    const outcome = await bench.rematch(digest);

    expect([images, digests, outcome]).toEqual([1, [digest], 'matched']);
    expect((await bench.image(digest))?.platforms?.[0]?.vulnerabilities).toBe(2);
    expect((await bench.report(digest))?.reports[0]).toMatchObject({
      bytesPulled: 0,
      image: { name: `${HOST}/team/app@${digest}` },
    });
    expect(bench.registry.opened).toEqual([]);
  });

  it('asks for images that hold a changed package, and for no others', async () => {
    await bench.refresh();
    const concerned = bench.registry.tag('team/app', '1', await app());
    bench.registry.tag('team/base', '1', image([await base()]));
    await bench.discover();
    await bench.scanAll();
    const fresh = fixed('GHSA-fvqr-27wr-82fm', { 'npm lodash': '4.17.22' }, '2025-02-10T00:00:00Z');

    await bench.refresh({ ...RECORDS, npm: [...RECORDS.npm, fresh] });

    expect(bench.sent.rematches.flatMap(({ digests }) => digests)).toEqual([concerned]);
  });

  it('asks for nothing when the advisories are the same', async () => {
    await bench.refresh();
    bench.registry.tag('team/app', '1', await app());
    await bench.discover();
    await bench.scanAll();

    expect(await bench.refresh()).toMatchObject({ images: 0 });
  });

  it('asks for what it did not come to ask for before', async () => {
    await bench.refresh({ Debian: RECORDS.Debian });
    bench.registry.tag('team/app', '1', await app());
    await bench.discover();
    await bench.scanAll();
    const broken = { send: () => Promise.reject(new Error('no queue')) };

    await expect(bench.refresh(undefined, { rematches: broken })).rejects.toThrow('no queue');

    expect(await bench.refresh()).toMatchObject({ images: 1 });
    expect(await bench.refresh()).toMatchObject({ images: 0 });
  });

  it('says that what was read is lost, and lets the image be scanned again', async () => {
    await bench.refresh();
    const digest = bench.registry.tag('team/app', '1', await app());
    await bench.discover();
    await bench.scanAll();
    await bench.discover();
    await bench.objects.delete(inventoryKey(digest));

    expect(await bench.rematch(digest)).toMatchObject({ outcome: 'failed', code: 'inventory-missing' });

    expect(await bench.discover()).toMatchObject({ requested: 1 });
    await bench.scanAll();
    expect(await bench.rematch(digest)).toBe('matched');
  });

  it('tells an image it does not know', async () => {
    expect(await bench.rematch(`sha256:${'0'.repeat(64)}`)).toBe('unknown');
  });
});
