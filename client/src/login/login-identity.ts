import { type VaultConnection, AppRoleLogin, type AppRoleLoginOptions, type VaultLogin } from '#core';
import { CertLogin, type CertLoginOptions } from './cert-login';
import { JwtLogin, type JwtLoginOptions, type KubernetesLoginOptions } from './jwt-login';

type No<T> = { readonly [K in keyof Omit<T, 'onWarning'>]?: undefined };

interface Jwt {
  /** A JWT of another issuer, such as a CI system or an identity provider. */
  readonly jwt: JwtLoginOptions;
}

interface Kubernetes {
  /** The service account of the pod. */
  readonly kubernetes: KubernetesLoginOptions;
}

interface Cert {
  /** A client certificate of TLS. */
  readonly cert: CertLoginOptions;
}

/** The identity of an app: exactly one of an AppRole, `jwt`, `kubernetes` and `cert`. */
export type LoginIdentity =
  | (AppRoleLoginOptions & No<Jwt & Kubernetes & Cert>)
  | (Jwt & No<AppRoleLoginOptions & Kubernetes & Cert>)
  | (Kubernetes & No<AppRoleLoginOptions & Jwt & Cert>)
  | (Cert & No<AppRoleLoginOptions & Jwt & Kubernetes>);

/**
 * Makes the login of an app for a {@link VaultConnection}. `TokenSource` does that itself.
 *
 * @param onWarning called with the reason if a secret id could not be renewed. @default - ignored
 * @throws TypeError unless there is exactly one identity, whole
 */
export function loginAs(
  vault: VaultConnection,
  identity: LoginIdentity,
  onWarning?: (warning: string) => void,
): VaultLogin {
  const { roleId, jwt, kubernetes, cert } = identity;
  if ([roleId, jwt, kubernetes, cert].filter((each) => each !== undefined).length !== 1) {
    throw new TypeError('give exactly one of roleId, jwt, kubernetes and cert');
  }
  if (jwt !== undefined) {
    return new JwtLogin(vault, jwt);
  }
  if (kubernetes !== undefined) {
    return new JwtLogin(vault, kubernetes, 'kubernetes');
  }
  return cert === undefined
    ? new AppRoleLogin(vault, { ...(identity as AppRoleLoginOptions), onWarning })
    : new CertLogin(vault, cert);
}
