import { AuthBackend } from '@cdktf/provider-vault/lib/auth-backend';
import { JwtAuthBackend } from '@cdktf/provider-vault/lib/jwt-auth-backend';
import { KubernetesAuthBackendConfig } from '@cdktf/provider-vault/lib/kubernetes-auth-backend-config';
import { Token } from 'cdktf';
import { Construct } from 'constructs';
import type { z } from 'zod';
import { identityLogin, type IdentityLogin, type JwtLogin } from '../../lib/declaration/derived/app-login';
import type { identityDeclaration } from '../../lib/declaration/schema/identity-declaration';
import { signingAlgorithms } from '../../lib/declaration/schema/pem';
import { declaredIdentity } from './declared-identity';

export interface AuthMethodProps {
  /** Of one of its apps: path, issuer, cluster and the like count, and what is asked of that app does not. */
  readonly identity: z.input<typeof identityDeclaration>;
}

/** How pods reach the API server of their own cluster; its certificate is for that name. */
const OWN_CLUSTER = 'https://kubernetes.default.svc';

/** Where apps log in that have an identity of their own: enabled, and told whose word it takes. No secret is in it. */
export class AuthMethod extends Construct {
  /** Where it is mounted, below `auth/`; a reference, so that the roles in it come after it. */
  readonly path: string;

  constructor(scope: Construct, id: string, { identity }: AuthMethodProps) {
    super(scope, id);
    this.path = this.#enable(identityLogin(declaredIdentity(identity)));
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
            { kubernetesHost: login.cluster.address, kubernetesCaCert: login.cluster.ca, disableLocalCaJwt: true }),
      });
      return config.backend;
    }
    return method.path;
  }
}

/** How it tells a token of the issuer from any other. */
function verification({ issuer, keys, issuerCaPem }: JwtLogin) {
  const isKnown = keys !== undefined && !Token.isUnresolved(keys) && !keys.some((key) => Token.isUnresolved(key));
  return {
    boundIssuer: issuer,
    jwtSupportedAlgs: signingAlgorithms(isKnown ? keys : []),
    ...(keys === undefined
      ? { oidcDiscoveryUrl: issuer, oidcDiscoveryCaPem: issuerCaPem }
      : // As Vault gives them back, else each plan would find them changed.
        { jwtValidationPubkeys: keys.map((key) => key.trim()) }),
  };
}
