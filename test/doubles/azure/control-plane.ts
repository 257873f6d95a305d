import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { listen, sendJson } from '../../../scripts/demo/registry.ts';
import { answerArm } from './control-plane-arm.ts';
import { answerAz } from './control-plane-az.ts';
import { azureNative } from './control-plane-azure-native.ts';
import { azuread } from './control-plane-azuread.ts';
import { type AzureDirectory, azureDirectory } from './control-plane-directory.ts';
import { type ServedProvider, serveProvider } from './control-plane-provider.ts';

/**
 * A tenant in memory and all ways to it: providers for the Pulumi engine, Azure Resource Manager over HTTP and a command `az`.
 *
 *     const azure = await startControlPlane();
 *     azure.directory.resources.addRegistry({ name: 'images', resourceGroup: 'prod' });
 *     spawn('pulumi', ['up'], { env: { ...azure.environment, PATH: `${azure.bin}:${process.env.PATH}` } });
 *     azure.directory.changes; // what was done
 *     await azure.close();
 */
export interface ControlPlane {
  readonly directory: AzureDirectory;
  /** Root of Azure Resource Manager: `http://127.0.0.1:40123`. */
  readonly armEndpoint: string;
  /** What `az account get-access-token` gives and ARM asks for. It must turn up nowhere else. */
  readonly token: string;
  /** Folder with the command `az`, to stand first on PATH. */
  readonly bin: string;
  /** Leads the engine to the providers, and `az` to the directory. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends the login of `az`. */
  logOut(): void;
  /** Everything the engine asked of the providers. */
  providerRequests(): readonly string[];
  close(): Promise<void>;
}

/** Starts all of it on loopback. Close it after the test. */
export async function startControlPlane(): Promise<ControlPlane> {
  const directory = azureDirectory();
  const token = `planted-${randomBytes(24).toString('base64url')}`;
  let isLoggedIn = true;
  const server = await listen((request, response) => {
    const answer = async (): Promise<void> => {
      if (request.url !== '/az') return await answerArm(directory, token, request, response);
      const argv = JSON.parse(await text(request)) as string[];
      sendJson(response, 200, await answerAz({ directory, token: isLoggedIn ? token : undefined }, argv));
    };
    answer().catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  const providers: Readonly<Record<string, ServedProvider>> = {
    'azure-native': await serveProvider(azureNative(directory)),
    azuread: await serveProvider(azuread(directory)),
  };
  const bin = mkdtempSync(join(tmpdir(), 'backline-az-'));
  const command = join(import.meta.dirname, 'control-plane-az-command.ts');
  writeFileSync(join(bin, 'az'), `#!/bin/sh\nexec '${process.execPath}' '${command}' "$@"\n`, {
    mode: 0o755,
  });
  return {
    directory,
    armEndpoint: server.origin,
    token,
    bin,
    environment: {
      PULUMI_DEBUG_PROVIDERS: Object.entries(providers)
        .map(([name, { port }]) => `${name}:${port}`)
        .join(','),
      AZ_STAND_IN: `${server.origin}/az`,
    },
    logOut: () => {
      isLoggedIn = false;
    },
    providerRequests: () => Object.values(providers).flatMap(({ requests }) => requests),
    close: async () => {
      for (const provider of Object.values(providers)) provider.close();
      rmSync(bin, { recursive: true });
      await server.close();
    },
  };
}
