import { ApproleAuthBackendRole } from '@cdktf/provider-vault/lib/approle-auth-backend-role';
import { Policy } from '@cdktf/provider-vault/lib/policy';
import { Construct } from 'constructs';
import type { ResolvedApp } from '../../lib/declaration/resolved/resolved-app';
import type { Engine } from './engine';
import { identityRole, type RoleTokens } from './identity-role';

export interface AppIdentityProps extends Omit<ResolvedApp, 'name'> {
  readonly engine: Engine;
  /** Path of the app's auth method. It is a reference if the stack enables the method. */
  readonly backend: string;
}

/**
 * A program that may read the access tokens of its credentials, and nothing else.
 *
 * The app logs in by an identity of its own or by AppRole. A role id is no secret. A command issues the secret id, because
 * Terraform would keep it in the state.
 */
export class AppIdentity extends Construct {
  /** Role id of the app's AppRole. @default - the app logs in with an identity of its own */
  readonly roleId?: string;

  constructor(scope: Construct, id: string, props: AppIdentityProps) {
    super(scope, id);
    const { engine, backend, roleName, login, boundCidrs } = props;
    const networks = boundCidrs.length > 0 ? [...boundCidrs] : undefined;
    const policy = new Policy(this, 'policy', {
      name: props.policyName,
      policy: props.policy,
      // Terraform writes a policy under a new name before it deletes the old one, because the role must refer to the new one
      // first. This order also applies to the mount, because the policy depends on it. A replacement of the mount then fails,
      // because Vault has one mount at a path. So the grants stay.
      lifecycle: { createBeforeDestroy: true },
      dependsOn: [engine.mount],
    });
    const tokens: RoleTokens = {
      tokenPolicies: [policy.name],
      tokenNoDefaultPolicy: true,
      tokenTtl: props.tokenTtlSeconds,
      tokenMaxTtl: props.tokenMaxTtlSeconds,
      tokenBoundCidrs: networks,
    };
    if (login.type !== 'approle') {
      identityRole(this, backend, roleName, login, tokens);
      return;
    }
    const role = new ApproleAuthBackendRole(this, 'role', {
      backend,
      roleName,
      ...tokens,
      secretIdTtl: props.secretIdTtlSeconds,
      secretIdNumUses: props.secretIdUses,
      secretIdBoundCidrs: networks,
    });
    this.roleId = role.roleId;
  }
}
