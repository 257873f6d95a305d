import type { ImageFailure } from '@aws-sdk/client-ecr';
import { safeText } from '../../../shared/text.ts';
import type { Tried } from '../../aws/failure.ts';
import { RegistryError, type RegistryErrorCode } from '../../errors.ts';

/** What is tried on a repository: `list the images of`, and how its failures are called. */
export function deniedRepository(doing: string, name: string): Tried {
  return {
    what: `${doing} ${name}`,
    denied: 'repository-forbidden',
    remedy:
      'grant the role the reading of this repository, or exclude it from the integration; a tag on it, or an allow-list, may ' +
      'keep it from being read',
    named: {
      RepositoryNotFoundException: 'image-not-found',
      ImageNotFoundException: 'image-not-found',
      LayersNotFoundException: 'blob-not-found',
      LayerInaccessibleException: 'blob-not-found',
      KmsException: 'image-key-unusable',
      ImageArchivedException: 'image-inaccessible',
      UnableToGetUpstreamImageException: 'upstream-failed',
      UnableToGetUpstreamLayerException: 'upstream-failed',
    },
  };
}

type Failure = { readonly code: RegistryErrorCode; readonly sentence: string; readonly retryable?: boolean };

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageFailure.html */
const FAILURES: Readonly<Record<string, Failure>> = {
  ImageNotFound: { code: 'image-not-found', sentence: 'it is not there any more' },
  ImageInaccessible: {
    code: 'image-inaccessible',
    sentence: 'ECR does not give it out: it is archived, or being restored',
  },
  KmsError: {
    code: 'image-key-unusable',
    sentence: 'ECR cannot use the KMS key of the repository: it may be disabled, or its grant withdrawn',
  },
  ImageReferencedByManifestList: {
    code: 'image-inaccessible',
    sentence: 'ECR gives it out only as a part of an index',
  },
  UpstreamAccessDenied: {
    code: 'upstream-failed',
    sentence: 'the registry it is cached from refuses the login of the pull-through cache',
  },
  UpstreamTooManyRequests: {
    code: 'upstream-failed',
    sentence: 'the registry it is cached from limits the rate of requests',
    retryable: true,
  },
  UpstreamUnavailable: {
    code: 'upstream-failed',
    sentence: 'the registry it is cached from does not answer',
    retryable: true,
  },
};

/** The error of one image among several that were asked for. */
export function imageFailure(name: string, { failureCode, failureReason }: ImageFailure): RegistryError {
  const reason: string = failureCode ?? 'nothing of it';
  const known = FAILURES[reason];
  const said = failureReason === undefined ? '' : ` (${safeText(failureReason).slice(0, 300)})`;
  return new RegistryError(
    known?.code ?? 'registry-error',
    `cannot read ${name}: ${known?.sentence ?? `ECR says ${safeText(reason).slice(0, 100)}`}${said}`,
    { retryable: known?.retryable ?? false, data: { reason } },
  );
}
