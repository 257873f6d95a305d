import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Application,
  goApplication,
  javaApplication,
  npmApplication,
  pythonApplication,
  rustApplication,
} from './applications.ts';
import { installDebianTools, run } from './tools.ts';

/** A real image as an OCI layout on disk, and what is in it according to the tools of each ecosystem. */
export type DebianImage = {
  /** Folder of the OCI layout; the image is tagged `1`. */
  readonly layout: string;
  /** Package type to sorted `name version` lines. */
  readonly expected: Readonly<Record<string, readonly string[]>>;
};

/**
 * Builds a Debian image with debootstrap and umoci: one layer for the system, one for each application.
 * Kept below `work` and reused while the recipe stays the same. Needs root, python3, npm, mvn, go and cargo.
 */
export function buildDebianImage(work: string): DebianImage {
  const done = join(work, 'image.json');
  const recipe = recipeHash();
  if (existsSync(done)) {
    const known = JSON.parse(readFileSync(done, 'utf8')) as DebianImage & { recipe: string };
    if (known.recipe === recipe) return { layout: known.layout, expected: known.expected };
  }
  installDebianTools();
  mkdirSync(work, { recursive: true });
  const system = bootstrap(work);
  const applications = [
    npmApplication,
    pythonApplication,
    javaApplication,
    goApplication,
    rustApplication,
  ].map((make) => make(work));
  const layout = layOut(work, system.root, applications);
  const expected = Object.fromEntries([
    ['deb', system.expected],
    ...applications.map((application) => [application.type, application.expected] as const),
  ]);
  const image: DebianImage = { layout, expected };
  writeFileSync(done, JSON.stringify({ recipe, ...image }));
  return image;
}

/** A minimal Debian 12, judged by dpkg-query. */
function bootstrap(work: string): { root: string; expected: readonly string[] } {
  const root = join(work, 'debian');
  if (!existsSync(root)) {
    const partial = `${root}.partial`;
    rmSync(partial, { recursive: true, force: true });
    run(['debootstrap', '--variant=minbase', 'bookworm', partial]);
    rmSync(join(partial, 'var/cache/apt/archives'), { recursive: true, force: true });
    for (const name of readdirSync(join(partial, 'var/lib/apt/lists'))) {
      rmSync(join(partial, 'var/lib/apt/lists', name), { recursive: true, force: true });
    }
    renameSync(partial, root);
  }
  const format = '${Package} ${Version}\\n'; // oxlint-disable-line no-template-curly-in-string
  const listing = run([
    'dpkg-query',
    `--admindir=${join(root, 'var/lib/dpkg')}`,
    '--show',
    `--showformat=${format}`,
  ]);
  return { root, expected: listing.trim().split('\n').sort() };
}

function layOut(work: string, system: string, applications: readonly Application[]): string {
  const layout = join(work, 'layout');
  rmSync(layout, { recursive: true, force: true });
  run(['umoci', 'init', '--layout', layout]);
  const image = `${layout}:1`;
  run(['umoci', 'new', '--image', image]);
  const layers = [
    { root: system, step: 'debootstrap bookworm' },
    ...applications.map(({ root, type }) => ({ root, step: `install ${type}` })),
  ];
  for (const { root, step } of layers) {
    run(['umoci', 'insert', '--image', image, `--history.created_by=${step}`, root, '/']);
  }
  run(['umoci', 'config', '--image', image, '--config.cmd=/usr/local/bin/front', '--config.user=1000']);
  run(['umoci', 'gc', '--layout', layout]);
  return layout;
}

function recipeHash(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(import.meta.dirname).sort())
    hash.update(readFileSync(join(import.meta.dirname, name)));
  return hash.digest('hex');
}
