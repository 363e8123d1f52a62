import { identityLogin, type JwtLogin } from '../../lib/declaration/derived/app-login';
import type { App } from '../../lib/declaration/schema/deployment';
import { DEFAULT_AUDIENCE } from '../../lib/declaration/schema/identity-declaration';
import type { KubernetesCluster } from './kubernetes-cluster';
import { SigningKey } from './json-web-token';

/** Longer than any rehearsal runs. */
const LIFETIME_SECONDS = 7 * 24 * 3600;

/** Why an app cannot log in here. @returns undefined if it can */
export function unrehearsed({ name, identity }: App): string | undefined {
  return identity?.cert === undefined
    ? undefined
    : `app "${name}" logs in by a certificate, which needs a CA and a server with TLS that are not here: it is deployed, but cannot log in`;
}

/**
 * Stand-ins for the declared issuers and clusters. One key signs for all issuers, and replaces their discovery. One cluster
 * reviews tokens for all clusters. The requirements for an app stay the same.
 */
export class IdentityStandIns implements AsyncDisposable {
  readonly #key = new SigningKey();

  private constructor(private readonly cluster: KubernetesCluster | undefined) {}

  static async start(apps: readonly App[]): Promise<IdentityStandIns> {
    const hasPods = apps.some(({ identity }) => identity?.kubernetes !== undefined);
    // The certificate library takes a third of a second to load.
    return new IdentityStandIns(
      hasPods ? await (await import('./kubernetes-cluster')).KubernetesCluster.start() : undefined,
    );
  }

  /** The identity with the stand-in's address or key. */
  pointed(identity: App['identity']): App['identity'] {
    if (identity?.kubernetes !== undefined) {
      const { address = '', ca = '' } = this.cluster ?? {};
      const { audience = DEFAULT_AUDIENCE } = identity.kubernetes;
      return { kubernetes: { ...identity.kubernetes, manageMethod: true, cluster: { address, caPem: ca }, audience } };
    }
    if (identity === undefined || identity.cert !== undefined) {
      return identity?.cert === undefined ? undefined : { cert: { ...identity.cert, manageMethod: true } };
    }
    const { path, issuer, audience, boundClaims: claims, userClaim } = identityLogin(identity) as JwtLogin;
    const keys = [this.#key.publicKeyPem];
    return { jwt: { path, manageMethod: true, issuer, publicKeys: keys, audience, claims, userClaim } };
  }

  /** A token of the issuer or the cluster. @returns undefined if the app has no stand-in */
  token({ name, identity }: App): string | undefined {
    const login = identity === undefined ? undefined : identityLogin(identity);
    if (login?.type === 'jwt') {
      const now = Math.floor(Date.now() / 1000);
      const { issuer: iss, audience: aud, userClaim } = login;
      return this.#key.sign({ [userClaim]: name, ...claimsOf(login), iss, aud, iat: now, exp: now + LIFETIME_SECONDS });
    }
    if (login?.type === 'kubernetes' && this.cluster !== undefined) {
      const [[namespace = ''], [serviceAccount = '']] = [login.namespaces, login.serviceAccounts];
      this.cluster.delegators.add(`${namespace}/${serviceAccount}`);
      const audiences = [login.audience, this.cluster.audience];
      return this.cluster.token({ namespace, serviceAccount, audiences, lifetimeSeconds: LIFETIME_SECONDS });
    }
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cluster?.[Symbol.asyncDispose]();
  }
}

/** Claims with the first permitted value each. A claim with a leading slash is a JSON pointer. */
function claimsOf({ boundClaims }: JwtLogin): Record<string, unknown> {
  const claims: Record<string, unknown> = {};
  for (const [claim, [value]] of Object.entries(boundClaims)) {
    const path = claim.startsWith('/') ? claim.slice(1).split('/').map(unescaped) : [claim];
    const last = path.pop() ?? claim;
    let parent = claims;
    for (const key of path) {
      const child = (parent[key] ?? {}) as Record<string, unknown>;
      parent[key] = child;
      parent = child;
    }
    parent[last] = value;
  }
  return claims;
}

/** @see RFC 6901, section 4 */
function unescaped(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~');
}
