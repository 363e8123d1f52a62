import { rolePath, type AppLogin } from '../derived/app-login';
import { loginOf } from '../derived/logins';
import { appPolicyName } from '../derived/policy-names';
import { appPolicy } from '../policies/app-policy';
import type { App, Deployment } from '../schema/deployment';
import { nameInVault } from '../schema/vault-name';

type AppSettings =
  'name' | 'tokenTtlSeconds' | 'tokenMaxTtlSeconds' | 'secretIdTtlSeconds' | 'secretIdUses' | 'boundCidrs';

/** An app: its login, and the rights of its tokens. */
export interface ResolvedApp extends Readonly<Pick<App, AppSettings>> {
  /** It is also its name in Vault. */
  readonly roleName: string;
  readonly login: AppLogin;
  readonly policyName: string;
  /** HCL. */
  readonly policy: string;
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
