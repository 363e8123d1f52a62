import { AuthBackend } from '@cdktf/provider-vault/lib/auth-backend';
import { JwtAuthBackend } from '@cdktf/provider-vault/lib/jwt-auth-backend';
import { KubernetesAuthBackendConfig } from '@cdktf/provider-vault/lib/kubernetes-auth-backend-config';
import { Construct } from 'constructs';
import type { IdentityLogin, JwtLogin } from '../../lib/declaration/derived/app-login';
import { signingAlgorithms } from '../../lib/declaration/schema/pem';

export interface AuthMethodProps {
  /** Login of one app of this method. The method uses its path, issuer and cluster, and ignores the app's conditions. */
  readonly login: IdentityLogin;
}

/** Address of the API server inside its cluster. The API server's certificate has this name. */
const OWN_CLUSTER = 'https://kubernetes.default.svc';

/** Auth method of apps with an identity of their own. Its settings name the trusted issuer or cluster, and hold no secret. */
export class AuthMethod extends Construct {
  /** Path of the method below `auth/`. It is a reference, so roles are written after the method. */
  readonly path: string;

  constructor(scope: Construct, id: string, { login }: AuthMethodProps) {
    super(scope, id);
    const { path, type } = login;
    const method =
      login.type === 'jwt'
        ? new JwtAuthBackend(this, 'method', { path, type, ...verification(login) })
        : new AuthBackend(this, 'method', { path, type });
    this.path = method.path;
    if (login.type === 'kubernetes') {
      const config = new KubernetesAuthBackendConfig(this, 'config', {
        backend: method.path,
        ...(login.cluster === undefined
          ? // Vault reads the token and the CA of its own pod at each login, so it keeps neither.
            { kubernetesHost: OWN_CLUSTER, disableLocalCaJwt: false }
          : // Vault's own token belongs to another cluster.
            { kubernetesHost: login.cluster.address, kubernetesCaCert: login.cluster.caPem, disableLocalCaJwt: true }),
      });
      this.path = config.backend;
    }
  }
}

function verification({ issuer, publicKeys, issuerCaPem }: JwtLogin) {
  return {
    boundIssuer: issuer,
    jwtSupportedAlgs: signingAlgorithms(publicKeys),
    ...(publicKeys === undefined
      ? { oidcDiscoveryUrl: issuer, oidcDiscoveryCaPem: issuerCaPem }
      : // Vault returns the keys trimmed, so a plan would report a difference.
        { jwtValidationPubkeys: publicKeys.map((key) => key.trim()) }),
  };
}
