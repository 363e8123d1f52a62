import { rolePath, type AppLogin } from '../derived/app-login';
import { loginOf } from '../derived/logins';
import { appPolicyName } from '../derived/policy-names';
import { appPolicy } from '../policies/app-policy';
import type { App, Deployment } from '../schema/deployment';
import { nameInVault } from '../schema/vault-name';

/** An app: how it logs in, and what its tokens may do. */
export interface ResolvedApp {
  readonly name: string;
  /** Its name in Vault, too. */
  readonly roleName: string;
  readonly login: AppLogin;
  readonly policyName: string;
  /** HCL. */
  readonly policy: string;
  readonly tokenTtlSeconds: number;
  readonly tokenMaxTtlSeconds: number;
  /** 0: it never expires. */
  readonly secretIdTtlSeconds: number;
  /** 0: any number. */
  readonly secretIdUses: number;
  readonly boundCidrs: readonly string[];
}

export function resolveApp(deployment: Deployment, app: App): ResolvedApp {
  const { mountPath } = deployment.engine;
  const { name, tokenTtlSeconds, tokenMaxTtlSeconds, secretIdTtlSeconds, secretIdUses, boundCidrs } = app;
  const login = loginOf(deployment, app);
  return {
    name,
    roleName: nameInVault(app),
    login,
    policyName: appPolicyName(mountPath, nameInVault(app)),
    policy: appPolicy(mountPath, app.reads, app.renewsSecretId ? rolePath(login, app) : undefined),
    tokenTtlSeconds,
    tokenMaxTtlSeconds,
    secretIdTtlSeconds,
    secretIdUses,
    boundCidrs,
  };
}
