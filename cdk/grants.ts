/**
 * What the role in a connected account may do, and why: the statements of its policies and docs/permissions.md are made of
 * this. Nothing here writes, and none of it reads more than images.
 */
export interface Grant {
  readonly action: string;
  /** What the scanner calls it for. */
  readonly why: string;
}

/** Takes no resource: ECR's authorisation knows it only on `*`. */
export const LOGIN_GRANT: Grant = {
  action: 'ecr:GetAuthorizationToken',
  why: 'logs in to the registry for 12 hours; the token opens no repository that the other grants do not',
};

/** On the repositories of the account, or those named. */
export const READ_GRANTS: readonly Grant[] = [
  {
    action: 'ecr:BatchGetImage',
    why: 'reads manifests and indexes: what layers and platforms an image has, and what refers to it',
  },
  {
    action: 'ecr:GetDownloadUrlForLayer',
    why: 'reads layers and configurations: what is installed is found in them',
  },
  {
    action: 'ecr:DescribeImages',
    why: 'tells what was pushed since the last look, with its size, so that nothing known is pulled again',
  },
  { action: 'ecr:ListImages', why: 'lists tags and digests of a repository' },
];

/** Beyond the published role, in a policy of its own, so that it can be left out. */
export const DISCOVERY_GRANT: Grant = {
  action: 'ecr:DescribeRepositories',
  why: 'finds the repositories of the account; without it each one to be scanned must be named',
};

/** Of the role by which EventBridge forwards pushes; made only when a bus is named. */
export const FORWARD_GRANT: Grant = {
  action: 'events:PutEvents',
  why: 'tells the hub of a push: repository, tag and digest, nothing of the image',
};
