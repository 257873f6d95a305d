import type { Cataloger } from '../cataloger.ts';
import { apk } from './apk/index.ts';
import { azureManifest } from './azure-manifest/index.ts';
import { composer } from './composer/index.ts';
import { distro } from './distro/index.ts';
import { dotnet } from './dotnet/index.ts';
import { dpkg } from './dpkg/index.ts';
import { dpkgFiles } from './dpkg-files/index.ts';
import { dpkgStatusD } from './dpkg-status-d/index.ts';
import { gem } from './gem/index.ts';
import { goBinary } from './go-binary/index.ts';
import { java } from './java/index.ts';
import { npm } from './npm/index.ts';
import { python } from './python/index.ts';
import { rpm } from './rpm/index.ts';
import { rpmWal } from './rpm-wal/index.ts';
import { rustBinary } from './rust-binary/index.ts';

/** Every cataloger: the one list a new one is added to. */
export const catalogers = [
  distro,
  dpkg,
  dpkgStatusD,
  dpkgFiles,
  apk,
  rpm,
  rpmWal,
  azureManifest,
  npm,
  python,
  java,
  goBinary,
  rustBinary,
  dotnet,
  composer,
  gem,
] as const satisfies readonly Cataloger[];
