import { CfnParameter } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { EXTERNAL_ID } from '../config.ts';

/** The parameter of a stack that asks for the external id. CloudFormation keeps its value from one deployment to the next, whatever is offered later. */
export class ExternalIdParameter extends CfnParameter {
  constructor(scope: Construct, id: string, suggested: string | undefined) {
    super(scope, id, {
      type: 'String',
      description: 'A string of this integration alone, which Backline must present to assume the role',
      allowedPattern: EXTERNAL_ID.pattern,
      minLength: EXTERNAL_ID.minLength,
      maxLength: EXTERNAL_ID.maxLength,
      constraintDescription: 'must be 8 to 1224 letters, digits or any of _ + = , . @ : / -',
      ...(suggested === undefined ? {} : { default: suggested }),
    });
    this.overrideLogicalId(EXTERNAL_ID_PARAMETER);
  }
}

/** What the parameter is called in templates. */
export const EXTERNAL_ID_PARAMETER = 'ExternalId';
