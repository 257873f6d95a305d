import packageJson from '../../package.json' with { type: 'json' };

/** As reports name it. */
export const TOOL = { name: packageJson.name, version: packageJson.version } as const;
