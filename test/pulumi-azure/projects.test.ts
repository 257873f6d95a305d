import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { optionsFromConfig, PROJECT_NAME } from '../../pulumi-azure/config.ts';
import { HUB_PROJECT_NAME, hubOptionsFromConfig } from '../../pulumi-azure/hub/config.ts';

const ROOT = join(import.meta.dirname, '../..');
const DOCUMENTS = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)];

/** What documents set: `config set NAME`, for the hub's project in a block that names its folder, for the tenant's elsewhere. */
const SETTINGS = DOCUMENTS.filter((path) => path.endsWith('.md')).flatMap((path) => {
  const [, ...blocks] = readFileSync(join(ROOT, path), 'utf8').split(/^ *```/m);
  return blocks.flatMap((block) => {
    const project = /cd pulumi-azure\/hub|--cwd pulumi-azure\/hub/.test(block)
      ? HUB_PROJECT_NAME
      : PROJECT_NAME;
    return Array.from(block.matchAll(/pulumi config set (?<name>[a-z][\w:-]*)/g), ({ groups }) => {
      const [name = '', stated = project] = (groups?.['name'] ?? '').split(':').toReversed();
      return { path, project: stated, name };
    });
  });
});

function complaintOf({ project, name }: { readonly project: string; readonly name: string }): string {
  try {
    const read = project === HUB_PROJECT_NAME ? hubOptionsFromConfig : optionsFromConfig;
    read({ [name]: '' });
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('pulumi-azure/projects', () => {
  it.each([
    ['Pulumi.yaml', PROJECT_NAME],
    ['pulumi-azure/hub/Pulumi.yaml', HUB_PROJECT_NAME],
  ])('%s has the name its options go by, and runs the TypeScript by Node alone', (path, name) => {
    const project = parse(readFileSync(join(ROOT, path), 'utf8')) as { readonly main: string };

    expect(project).toMatchObject({ name, runtime: { name: 'nodejs', options: { typescript: false } } });
    expect(existsSync(join(ROOT, dirname(path), project.main))).toBe(true);
  });

  it.each(SETTINGS)('knows the option $name of $project, which $path sets', (setting) => {
    expect(complaintOf(setting)).not.toContain('is no option');
  });

  it('finds the settings of both projects in the documents', () => {
    expect(complaintOf({ project: HUB_PROJECT_NAME, name: 'scannerRoleArn' })).toContain('is no option');
    expect(SETTINGS).toEqual(
      expect.arrayContaining([
        { path: 'README.md', project: PROJECT_NAME, name: 'registries' },
        { path: 'docs/hub.md', project: HUB_PROJECT_NAME, name: 'scannerRoleArns' },
        { path: 'docs/hub.md', project: PROJECT_NAME, name: 'appId' },
      ]),
    );
  });
});
