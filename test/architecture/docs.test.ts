import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..');

/** What .gitignore leaves out; git itself is not asked, so that a copy without it can be tested. */
const NOT_OURS: ReadonlySet<string> = new Set([
  '.git',
  'build',
  'cdk.out',
  'coverage',
  'node_modules',
  'out',
]);

/** Paths of the project's files that hold text, relative to its root. */
function textsBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (NOT_OURS.has(entry.name) || entry.name.endsWith('.log')) return [];
    if (entry.isDirectory()) return textsBelow(path);
    return entry.isFile() && !readFileSync(join(root, path)).includes(0) ? [path] : [];
  });
}

/** Relative targets of a document's links, without their anchors. */
function linksOf(document: string): string[] {
  const links = document.matchAll(/\]\((?!https?:|#)(?<target>[^)\s#]+)(?:#[^)\s]*)?\)/g);
  return Array.from(links, ({ groups }) => groups?.['target'] ?? '');
}

describe('architecture/docs', () => {
  const texts = textsBelow('');
  const documents = texts.filter((path) => path.endsWith('.md'));

  it('keeps the generated documents fresh', () => {
    const { status, stderr } = spawnSync(process.execPath, ['--no-warnings', 'scripts/docs.ts', '--check'], {
      cwd: root,
      encoding: 'utf8',
    });

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('mentions no place of one machine in any file', () => {
    // Put together here, so that this file does not mention them itself.
    const places = new RegExp(
      ['/work', '/root', '/tmp/brief'].map((path) => `(?<![\\w.-])${path}/`).join('|'),
    );

    const mentioning = texts.filter((path) => places.test(readFileSync(join(root, path), 'utf8')));

    expect(texts.length).toBeGreaterThan(200);
    expect(mentioning).toEqual([]);
  });

  it.each(documents)('links in %s lead to files of the repository', (path) => {
    const folder = dirname(join(root, path));

    const dead = linksOf(readFileSync(join(root, path), 'utf8')).filter(
      (target) => !existsSync(join(folder, target)),
    );

    expect(dead).toEqual([]);
  });

  it('keeps ARCHITECTURE.md short enough to be read', () => {
    const lines = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8').split('\n');

    expect(lines.length).toBeLessThanOrEqual(200);
  });
});
