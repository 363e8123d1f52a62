import { ApproleAuthBackendRole } from '@cdktf/provider-vault/lib/approle-auth-backend-role';
import { Policy } from '@cdktf/provider-vault/lib/policy';
import { Construct } from 'constructs';
import type { z } from 'zod';
import { ExplainedError } from '#core';
import { APPROLE_PATH, appSettings } from '../../lib/declaration/schema/app-declaration';
import { identityLogin, rolePath, type IdentityLogin } from '../../lib/declaration/derived/app-login';
import { withDefaults } from '../../lib/declaration/schema/defaults';
import { appPolicy } from '../../lib/declaration/policies/app-policy';
import { nameInVault } from '../../lib/declaration/schema/vault-name';
import type { AuthMethod } from './auth-method';
import { declaredIdentity } from './declared-identity';
import type { Engine } from './engine';
import { identityRole, type RoleTokens } from './identity-role';

export interface AppIdentityProps extends Readonly<z.input<typeof appSettings>> {
  readonly policyName: string;
  readonly engine: Engine;
  /** Credentials whose access token it may read. */
  readonly credentialNames: readonly string[];
  /** Where the AppRole auth method is mounted. @default "approle" */
  readonly appRolePath?: string;
  /** Where it logs in with an identity of its own. @default - what somebody else has enabled at the identity's path */
  readonly authMethod?: AuthMethod;
}

/**
 * A program that may read the access token of some credentials, and nothing else.
 *
 * It logs in with an identity that it has already, or by AppRole. The role id of that is no secret. Its secret id is, so
 * it is issued by a command and never by Terraform, which would keep it in the state.
 */
export class AppIdentity extends Construct {
  /** Path in Vault of its role. */
  readonly rolePath: string;
  readonly #name: string;
  readonly #roleId: string | undefined;

  constructor(scope: Construct, id: string, props: AppIdentityProps) {
    super(scope, id);
    const settings = withDefaults(appSettings, props);
    const { name, tokenTtlSeconds, tokenMaxTtlSeconds, secretIdTtlSeconds, secretIdUses, boundCidrs } = settings;
    this.#name = name;
    if (tokenTtlSeconds > tokenMaxTtlSeconds) {
      throw new ExplainedError(
        `app "${name}": tokenTtlSeconds must not exceed tokenMaxTtlSeconds (${tokenMaxTtlSeconds}), got ${tokenTtlSeconds}; lower it, or raise the other`,
      );
    }
    if (settings.renewsSecretId) {
      requireRenewable(name, secretIdTtlSeconds, secretIdUses);
    }
    const login = props.identity === undefined ? undefined : loginBy(name, props.identity);
    if (login !== undefined && (secretIdUses > 0 || settings.renewsSecretId)) {
      throw new ExplainedError(
        `app "${name}" has an identity of its own and settings of a secret id, which it has none of; leave one of the two out`,
      );
    }
    const backend = login === undefined ? (props.appRolePath ?? APPROLE_PATH) : (props.authMethod?.path ?? login.path);
    const roleName = nameInVault(props);
    this.rolePath = rolePath({ type: login?.type ?? 'approle', path: backend }, props);
    const policy = new Policy(this, 'policy', {
      name: props.policyName,
      policy: appPolicy(
        props.engine.mountPath,
        props.credentialNames,
        settings.renewsSecretId ? this.rolePath : undefined,
      ),
      // Where it gets another name, the role takes that first. Terraform then replaces what this refers to in the same
      // order, the mount: and two of one path there cannot be, so that it fails rather than lose the grants.
      lifecycle: { createBeforeDestroy: true },
    });
    const tokens: RoleTokens = {
      tokenPolicies: [policy.name],
      tokenNoDefaultPolicy: true,
      tokenTtl: tokenTtlSeconds,
      tokenMaxTtl: tokenMaxTtlSeconds,
      tokenBoundCidrs: boundCidrs.length > 0 ? [...boundCidrs] : undefined,
    };
    if (login !== undefined) {
      identityRole(this, backend, roleName, login, tokens);
      return;
    }
    const role = new ApproleAuthBackendRole(this, 'role', {
      backend,
      roleName,
      ...tokens,
      secretIdTtl: secretIdTtlSeconds,
      secretIdNumUses: secretIdUses,
      secretIdBoundCidrs: boundCidrs.length > 0 ? [...boundCidrs] : undefined,
    });
    this.#roleId = role.roleId;
  }

  /** Of its AppRole. @throws ExplainedError where it logs in otherwise */
  get roleId(): string {
    if (this.#roleId === undefined) {
      throw new ExplainedError(
        `app "${this.#name}" logs in with an identity of its own, so it has no role id; use its rolePath`,
      );
    }
    return this.#roleId;
  }
}

/** @throws ExplainedError where anything could log in so */
function loginBy(app: string, identity: NonNullable<AppIdentityProps['identity']>): IdentityLogin {
  try {
    return identityLogin(declaredIdentity(identity));
  } catch (error) {
    throw error instanceof ExplainedError ? new ExplainedError(`app "${app}": ${error.message}`) : error;
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
