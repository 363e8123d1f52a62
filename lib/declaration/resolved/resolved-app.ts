import type { AppLogin } from '../derived/app-login';
import { loginOf, rolePath } from '../derived/logins';
import { policyNameOf } from '../derived/policy-names';
import { appPolicy } from '../policies/app-policy';
import type { App, Deployment } from '../schema/deployment';

type AppSettings =
  'name' | 'tokenTtlSeconds' | 'tokenMaxTtlSeconds' | 'secretIdTtlSeconds' | 'secretIdUses' | 'boundCidrs';

/** An app: its login, and the rights of its tokens. */
export interface ResolvedApp extends Readonly<Pick<App, AppSettings>> {
  /** Name of the app and of its role in Vault. */
  readonly roleName: string;
  readonly login: AppLogin;
  readonly policyName: string;
  /** HCL. */
  readonly policy: string;
}

export function resolveApp(deployment: Deployment, app: App): ResolvedApp {
  const { mountPath } = deployment.engine;
  const { name, tokenTtlSeconds, tokenMaxTtlSeconds, secretIdTtlSeconds, secretIdUses, boundCidrs } = app;
  return {
    name,
    roleName: app.vaultName,
    login: loginOf(deployment, app),
    policyName: policyNameOf(mountPath, `app-${app.vaultName}`),
    policy: appPolicy(mountPath, app.reads, app.renewsSecretId ? rolePath(deployment, app) : undefined),
    tokenTtlSeconds,
    tokenMaxTtlSeconds,
    secretIdTtlSeconds,
    secretIdUses,
    boundCidrs,
  };
}
