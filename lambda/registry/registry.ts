import type { Gap } from '../shared/coverage.ts';
import type { ImageSource } from './source.ts';

/** A repository of a connected registry. */
export type RegistryRepository = {
  /** Host of the registry: `111122223333.dkr.ecr.eu-west-1.amazonaws.com`, `team.azurecr.io`. */
  readonly host: string;
  /** `team/app` */
  readonly name: string;
  /** AWS region, for ECR. */
  readonly region?: string;
};

/** An image or index that has at least one tag, as a registry lists it. */
export type ListedImage = {
  readonly digest: string;
  /** Sorted. */
  readonly tags: readonly string[];
  readonly mediaType?: string;
  /** Compressed, of all its layers; absent where a registry does not say. */
  readonly bytes?: number;
  /** ISO 8601. */
  readonly pushedAt?: string;
};

/**
 * A connected registry, or several under one login: what it holds, and how its images are read. Read-only. Methods throw
 * `RegistryError` when nothing of what was asked can be had; what is missing of an answer is told to `onGap`.
 */
export interface Registry {
  readonly provider: 'ecr' | 'acr';
  /** The repositories that may be read, filters of the integration applied. */
  repositories(onGap: OnGap): AsyncIterable<RegistryRepository>;
  /** The tagged images of one repository. */
  images(repository: RegistryRepository, onGap: OnGap): AsyncIterable<ListedImage>;
  /** One image, by digest: `sha256:…`. */
  open(repository: RegistryRepository, digest: string): Promise<ImageSource>;
  close(): Promise<void>;
}

/** Told what could not be listed: a region, a login server, a repository, an image. */
export type OnGap = (gap: Gap) => void;
