import { ApproleAuthBackendRole } from '@cdktf/provider-vault/lib/approle-auth-backend-role';
import { Policy } from '@cdktf/provider-vault/lib/policy';
import { Construct } from 'constructs';
import type { z } from 'zod';
import { ExplainedError } from 'webex-token-client/core';
import { appRolePath, appSettings } from '../../lib/declaration/app-declaration';
import { withDefaults } from '../../lib/declaration/defaults';
import { appPolicy } from '../../lib/declaration/policies';
import { vaultName } from '../../lib/declaration/vault-name';
import type { Engine } from './engine';

export interface AppIdentityProps extends Readonly<z.input<typeof appSettings>> {
  readonly policyName: string;
  readonly engine: Engine;
  /** Credentials whose access token it may read. */
  readonly credentialNames: readonly string[];
  /** Where the AppRole auth method is mounted. @default "approle" */
  readonly appRolePath?: string;
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
    const settings = withDefaults(appSettings, props);
    const { tokenTtlSeconds, tokenMaxTtlSeconds, secretIdTtlSeconds, secretIdUses, boundCidrs } = settings;
    if (tokenTtlSeconds > tokenMaxTtlSeconds) {
      throw new ExplainedError(
        `app "${props.name}": tokenTtlSeconds must not exceed tokenMaxTtlSeconds (${tokenMaxTtlSeconds}), got ${tokenTtlSeconds}; lower it, or raise the other`,
      );
    }
    if (settings.renewsSecretId) {
      requireRenewable(props.name, secretIdTtlSeconds, secretIdUses);
    }
    const backend = props.appRolePath ?? appRolePath.parse(undefined);
    const roleName = vaultName(props);
    const renewableRole = settings.renewsSecretId ? `auth/${backend}/role/${roleName}` : undefined;
    const policy = new Policy(this, 'policy', {
      name: props.policyName,
      policy: appPolicy(props.engine.mountPath, props.credentialNames, renewableRole),
      // Where it gets another name, the role takes that first. Terraform then replaces what this refers to in the same
      // order, the mount: and two of one path there cannot be, so that it fails rather than lose the grants.
      lifecycle: { createBeforeDestroy: true },
    });
    const role = new ApproleAuthBackendRole(this, 'role', {
      backend,
      roleName,
      tokenPolicies: [policy.name],
      tokenNoDefaultPolicy: true,
      tokenTtl: tokenTtlSeconds,
      tokenMaxTtl: tokenMaxTtlSeconds,
      secretIdTtl: secretIdTtlSeconds,
      secretIdNumUses: secretIdUses,
      secretIdBoundCidrs: boundCidrs.length > 0 ? [...boundCidrs] : undefined,
      tokenBoundCidrs: boundCidrs.length > 0 ? [...boundCidrs] : undefined,
    });
    this.roleId = role.roleId;
  }
}

function requireRenewable(app: string, secretIdTtlSeconds: number, secretIdUses: number): void {
  if (secretIdTtlSeconds === 0) {
    throw new ExplainedError(
      `app "${app}": renewsSecretId goes with a secret id that ends, got secretIdTtlSeconds 0; leave one of the two out`,
    );
  }
  if (secretIdUses > 0) {
    throw new ExplainedError(
      `app "${app}": renewsSecretId makes a limit of uses void, since each new secret id has as many again, got secretIdUses ${secretIdUses}; leave one of the two out`,
    );
  }
}
