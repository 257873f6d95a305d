import type { EcrIntegrationOptions } from '../../cdk/config.ts';
import type { PolicyDocument, Role } from '../doubles/aws/iam.ts';
import { CUSTOMER, deployedRole, integrationTemplate } from './cdk.ts';

export const EXTERNAL_ID = '3f1c2b7a9d5e4f60';
export const FUNCTION_ROLE = 'arn:aws:iam::198331734661:role/backline-scan-function';
export const READER_ROLE = 'arn:aws:iam::198331734661:role/BacklineIntegrationReadOnlyECR';
export const CUSTOMER_ROLE = `arn:aws:iam::${CUSTOMER}:role/BacklineECRIntegrationRole`;

/** The role in the customer's account, as its template deploys it. */
export function customerRole(options: EcrIntegrationOptions = {}): Role {
  const role = deployedRole(integrationTemplate(options), { externalId: EXTERNAL_ID });
  return {
    arn: CUSTOMER_ROLE,
    trust: role.AssumeRolePolicyDocument,
    policies: role.Policies.map(({ PolicyDocument }) => PolicyDocument),
  };
}

/** The hub's side: a function, whose role may assume the reader role, which may assume customers' roles. */
export function hubRoles(): Role[] {
  return [
    {
      arn: FUNCTION_ROLE,
      trust: document({
        Effect: 'Allow',
        Principal: { Service: 'lambda.amazonaws.com' },
        Action: 'sts:AssumeRole',
      }),
      policies: [document({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: READER_ROLE })],
    },
    {
      arn: READER_ROLE,
      trust: document({ Effect: 'Allow', Principal: { AWS: FUNCTION_ROLE }, Action: 'sts:AssumeRole' }),
      policies: [
        document({
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Resource: 'arn:aws:iam::*:role/BacklineECRIntegrationRole',
        }),
      ],
    },
  ];
}

/** A policy of one statement. */
export function document(statement: object): PolicyDocument {
  return { Version: '2012-10-17', Statement: [statement] };
}
