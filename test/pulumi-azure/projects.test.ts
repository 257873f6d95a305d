import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { PROJECT_NAME } from '../../pulumi-azure/config.ts';
import { HUB_PROJECT_NAME } from '../../pulumi-azure/hub/config.ts';

const ROOT = join(import.meta.dirname, '../..');

describe('pulumi-azure/projects', () => {
  it.each([
    ['Pulumi.yaml', PROJECT_NAME],
    ['pulumi-azure/hub/Pulumi.yaml', HUB_PROJECT_NAME],
  ])('%s has the name its options go by, and runs the TypeScript by Node alone', (path, name) => {
    const project = parse(readFileSync(join(ROOT, path), 'utf8')) as { readonly main: string };

    expect(project).toMatchObject({ name, runtime: { name: 'nodejs', options: { typescript: false } } });
    expect(existsSync(join(ROOT, dirname(path), project.main))).toBe(true);
  });
});
