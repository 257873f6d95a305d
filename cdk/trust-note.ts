import { Annotations, type Stack } from 'aws-cdk-lib/core';
import { DEFAULT_TRUSTED_PRINCIPAL } from './config.ts';

/** Says at synthesis whom `roles` (`The role`) trust: nobody is to trust the vendor's account by mistake. */
export function noteTrust(stack: Stack, roles: string, trustedPrincipal: string | undefined): void {
  const note =
    trustedPrincipal === undefined
      ? `Backline's own hub, ${DEFAULT_TRUSTED_PRINCIPAL}; name that of a hub of yours with --context trustedPrincipal=ARN`
      : trustedPrincipal;
  Annotations.of(stack).addInfoV2('backline:trusted-principal', `${roles} trusts ${note}`);
}
