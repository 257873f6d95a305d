import { describe, expect, it } from '@jest/globals';
import { below, feedAddress, mirrorBase } from '../../../../lambda/vulnerabilities/feed/location.ts';
import { codeOf } from '../../../support/code-of.ts';

describe('vulnerabilities/feed/location', () => {
  it.each([
    ['https://mirror.example.com', 'https://mirror.example.com/'],
    ['https://mirror.example.com/osv', 'https://mirror.example.com/osv/'],
    ['file:///srv/osv/', 'file:///srv/osv/'],
    ['http://127.0.0.1:8080/x', 'http://127.0.0.1:8080/x/'],
    ['http://localhost', 'http://localhost/'],
  ])('takes %s', (text, expected) => {
    expect(mirrorBase(text).href).toBe(expected);
  });

  it.each([
    'http://mirror.example.com/',
    'http://127.0.0.1.example.com/',
    'ftp://mirror.example.com/',
    '/srv/osv',
    'https://mirror.example.com/?token=secret',
    'https://mirror.example.com/#x',
    'https://user:secret@mirror.example.com/',
    '',
  ])('rejects %j as a mirror', async (text) => {
    expect(await codeOf(() => mirrorBase(text))).toBe('mirror-invalid');
  });

  it('takes the address of a single file as it is', async () => {
    expect(feedAddress('https://feeds.example.com/a.json?x=1').href).toBe(
      'https://feeds.example.com/a.json?x=1',
    );
    expect(await codeOf(() => feedAddress('http://feeds.example.com/a.json'))).toBe('mirror-invalid');
  });

  it('writes names into addresses safely', () => {
    const base = mirrorBase('https://mirror.example.com/osv');

    expect(below(base, 'Red Hat', 'RHSA-2025:1613.json').href).toBe(
      'https://mirror.example.com/osv/Red%20Hat/RHSA-2025%3A1613.json',
    );
  });

  it.each(['..', '.', '', 'a/b', 'a\\b', '../x'])('rejects %j as a name', async (name) => {
    expect(await codeOf(() => below(mirrorBase('file:///srv/osv'), name, 'all.zip'))).toBe('feed-malformed');
  });
});
