export type { Cataloger, CatalogerOutput } from './cataloger.ts';
export { catalogers } from './catalogers/index.ts';
export { type Distro, distroSchema } from './distro.ts';
export { type Inventory, takeInventory } from './inventory.ts';
export {
  type FoundPackage,
  OS_PACKAGE_TYPES,
  type Package,
  type PackageType,
  packageSchema,
} from './package.ts';
