import { ApproleAuthBackendRole } from '@cdktf/provider-vault/lib/approle-auth-backend-role';
import { Policy } from '@cdktf/provider-vault/lib/policy';
import { Construct } from 'constructs';
import { ExplainedError } from 'webex-token-client/core';
import { appPolicy } from '../../lib/declaration/policies';
import type { Engine } from './engine';

/** @see https://developer.hashicorp.com/vault/api-docs/auth/approle for the role's settings */
export interface AppIdentityProps {
  /** Name of the AppRole. */
  readonly name: string;
  readonly policyName: string;
  readonly engine: Engine;
  /** Credentials whose access token it may read. */
  readonly credentialNames: readonly string[];
  /** Where the AppRole auth method is mounted. @default "approle" */
  readonly appRolePath?: string;
  /** Lifetime of the Vault token of one login. @default 1200 */
  readonly tokenTtlSeconds?: number;
  /** Longest life of that token, renewals included. @default 3600 */
  readonly tokenMaxTtlSeconds?: number;
  /** Lifetime of a secret id; 0: no end. @default 7776000 (90 days) */
  readonly secretIdTtlSeconds?: number;
  /** How many logins a secret id is good for; 0: any number. @default 0 */
  readonly secretIdUses?: number;
  /** Networks that may log in and use the token, as CIDR. @default - any */
  readonly boundCidrs?: readonly string[];
}

/**
 * A program that may read the access token of some credentials, and nothing else.
 *
 * Its role id is no secret. Its secret id is, so it is issued by a command and never by Terraform, which would keep it
 * in the state.
 */
export class AppIdentity extends Construct {
  readonly roleId: string;

  constructor(scope: Construct, id: string, props: AppIdentityProps) {
    super(scope, id);
    const { boundCidrs = [], tokenTtlSeconds = 1200, tokenMaxTtlSeconds = 3600 } = props;
    if (tokenTtlSeconds > tokenMaxTtlSeconds) {
      throw new ExplainedError(
        `app "${props.name}": tokenTtlSeconds must not exceed tokenMaxTtlSeconds (${tokenMaxTtlSeconds}), got ${tokenTtlSeconds}; lower it, or raise the other`,
      );
    }
    const policy = new Policy(this, 'policy', {
      name: props.policyName,
      policy: appPolicy(props.engine.mountPath, props.credentialNames),
    });
    const role = new ApproleAuthBackendRole(this, 'role', {
      backend: props.appRolePath ?? 'approle',
      roleName: props.name,
      tokenPolicies: [policy.name],
      tokenTtl: tokenTtlSeconds,
      tokenMaxTtl: tokenMaxTtlSeconds,
      secretIdTtl: props.secretIdTtlSeconds ?? 90 * 24 * 3600,
      secretIdNumUses: props.secretIdUses ?? 0,
      secretIdBoundCidrs: boundCidrs.length > 0 ? [...boundCidrs] : undefined,
      tokenBoundCidrs: boundCidrs.length > 0 ? [...boundCidrs] : undefined,
    });
    this.roleId = role.roleId;
  }
}
