import { AuthBackend } from '@cdktf/provider-vault/lib/auth-backend';
import { JwtAuthBackend } from '@cdktf/provider-vault/lib/jwt-auth-backend';
import { KubernetesAuthBackendConfig } from '@cdktf/provider-vault/lib/kubernetes-auth-backend-config';
import { Construct } from 'constructs';
import type { IdentityLogin, JwtLogin } from '../../lib/declaration/derived/app-login';
import { signingAlgorithms } from '../../lib/declaration/schema/pem';

export interface AuthMethodProps {
  /** Login of one app of this method. Its path, issuer and cluster count; its conditions for that app do not. */
  readonly login: IdentityLogin;
}

/** How pods reach the API server of their own cluster; its certificate is for that name. */
const OWN_CLUSTER = 'https://kubernetes.default.svc';

/** Where apps log in that have an identity of their own: enabled, and told whose word it takes. No secret is in it. */
export class AuthMethod extends Construct {
  /** Where it is mounted, below `auth/`; a reference, so that the roles in it come after it. */
  readonly path: string;

  constructor(scope: Construct, id: string, { login }: AuthMethodProps) {
    super(scope, id);
    this.path = this.#enable(login);
  }

  #enable(login: IdentityLogin): string {
    const { path, type } = login;
    if (login.type === 'jwt') {
      return new JwtAuthBackend(this, 'method', { path, type, ...verification(login) }).path;
    }
    const method = new AuthBackend(this, 'method', { path, type });
    if (login.type === 'kubernetes') {
      const config = new KubernetesAuthBackendConfig(this, 'config', {
        backend: method.path,
        ...(login.cluster === undefined
          ? // By the token and the CA that Vault finds in its own pod, at each login, so that neither is kept.
            { kubernetesHost: OWN_CLUSTER, disableLocalCaJwt: false }
          : // Vault may be in another cluster than the apps are, and its own token is none of theirs.
            { kubernetesHost: login.cluster.address, kubernetesCaCert: login.cluster.caPem, disableLocalCaJwt: true }),
      });
      return config.backend;
    }
    return method.path;
  }
}

/** How it tells a token of the issuer from any other. */
function verification({ issuer, publicKeys, issuerCaPem }: JwtLogin) {
  return {
    boundIssuer: issuer,
    jwtSupportedAlgs: signingAlgorithms(publicKeys),
    ...(publicKeys === undefined
      ? { oidcDiscoveryUrl: issuer, oidcDiscoveryCaPem: issuerCaPem }
      : // As Vault gives them back, else each plan would find them changed.
        { jwtValidationPubkeys: publicKeys.map((key) => key.trim()) }),
  };
}
