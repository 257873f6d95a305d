import { afterEach } from '@jest/globals';
import type { EcrIntegrationOptions } from '../../../../../cdk/config.ts';
import {
  AwsSessions,
  connectEcr,
  type EcrAccount,
  type ListedImage,
  type Registry,
  type RegistryRepository,
} from '../../../../../lambda/registry/index.ts';
import type { Gap } from '../../../../../lambda/shared/coverage.ts';
import { type AwsDouble, startAws } from '../../../../doubles/aws/index.ts';
import {
  CUSTOMER_ROLE,
  customerRole,
  EXTERNAL_ID,
  FUNCTION_ROLE,
  hubRoles,
  READER_ROLE,
} from '../../../../support/aws-roles.ts';
import { CUSTOMER } from '../../../../support/cdk.ts';
import { impatient } from '../../oci/setting.ts';

export const REGION = 'eu-central-1';
export const HOST = `${CUSTOMER}.dkr.ecr.${REGION}.amazonaws.com`;

export type Setting = {
  readonly aws: AwsDouble;
  readonly sessions: AwsSessions;
  readonly gaps: Gap[];
  readonly onGap: (gap: Gap) => void;
  /** A connection to the account, which is closed after the test. */
  readonly connect: (account?: Partial<EcrAccount>) => Registry;
  /** Calls of ECR by name, in order. */
  readonly actions: () => string[];
};

export type SettingOptions = {
  /** Of the template in the customer's account. */
  readonly role?: EcrIntegrationOptions;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly maxAttempts?: number;
};

const running: (() => Promise<void>)[] = [];

/** A customer's account, connected through the hub's reader role. */
export async function setting({ role = {}, now, maxAttempts = 6 }: SettingOptions = {}): Promise<Setting> {
  const clock = now === undefined ? {} : { now };
  const aws = await startAws({ accountId: CUSTOMER, roles: [...hubRoles(), customerRole(role)], ...clock });
  running.push(() => aws.close());
  const process = aws.sessionOf(FUNCTION_ROLE, 1_000_000);
  const sessions = new AwsSessions({
    region: REGION,
    readerRoleArn: READER_ROLE,
    credentials: async () => process,
    endpoints: { ecr: aws.origin, sts: aws.origin },
    maxAttempts,
    ...clock,
  });
  const gaps: Gap[] = [];
  return {
    aws,
    sessions,
    gaps,
    onGap: (gap) => void gaps.push(gap),
    connect: (account = {}) => {
      const registry = connectEcr(
        {
          id: 'ecr-customer',
          accountId: CUSTOMER,
          roleArn: CUSTOMER_ROLE,
          externalId: EXTERNAL_ID,
          regions: [REGION],
          ...account,
        },
        { sessions, http: impatient(clock).http },
      );
      running.unshift(() => registry.close());
      return registry;
    },
    actions: () => aws.calls.filter(({ service }) => service === 'ecr').map(({ action }) => action),
  };
}

afterEach(async () => {
  for (const close of running.splice(0)) await close();
});

/** The repositories a registry lists, each as `region/name`. */
export async function repositoriesOf(registry: Registry, onGap: (gap: Gap) => void): Promise<string[]> {
  const names: string[] = [];
  for await (const { region = '', name } of registry.repositories(onGap)) names.push(`${region}/${name}`);
  return names;
}

/** The images of a repository of `REGION`. */
export async function imagesOf(
  registry: Registry,
  name: string,
  onGap: (gap: Gap) => void,
): Promise<ListedImage[]> {
  const images: ListedImage[] = [];
  for await (const image of registry.images(repository(name), onGap)) images.push(image);
  return images;
}

/** A repository of `REGION`. */
export function repository(name: string): RegistryRepository {
  return { host: HOST, name, region: REGION };
}
