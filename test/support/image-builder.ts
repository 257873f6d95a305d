export {
  type BuiltImage,
  type BuiltIndex,
  type BuiltLayer,
  contentsOf,
  type EntrySpec,
  image,
  index,
  layer,
  tarOf,
} from '../../scripts/demo/image-builder.ts';
export {
  dockerSaveTar,
  layoutTar,
  type NamedImage,
  push,
  writeLayoutDirectory,
} from '../../scripts/demo/image-files.ts';
