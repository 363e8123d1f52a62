import { identityLogin, type JwtLogin } from '../../lib/declaration/derived/app-login';
import type { App } from '../../lib/declaration/schema/deployment';
import { DEFAULT_AUDIENCE } from '../../lib/declaration/schema/identity-declaration';
import type { KubernetesCluster } from './kubernetes-cluster';
import { SigningKey } from './json-web-token';

/** Longer than anybody keeps a rehearsal up. */
const LIFETIME_SECONDS = 7 * 24 * 3600;

/** Why an app has no stand-in for what it logs in with; undefined: it can be rehearsed. */
export function unrehearsed({ name, identity }: App): string | undefined {
  return identity?.cert === undefined
    ? undefined
    : `app "${name}" logs in by a certificate of a CA that is not here, to a server with TLS: it is deployed, and cannot log in`;
}

/**
 * What stands in for the issuers and the clusters that a declaration names: one key signs for all issuers, whose methods
 * are configured with it in place of discovery; one cluster reviews tokens for all clusters. What is asked of an app stays.
 */
export class IdentityStandIns implements AsyncDisposable {
  readonly #key = new SigningKey();

  private constructor(private readonly cluster: KubernetesCluster | undefined) {}

  static async start(apps: readonly App[]): Promise<IdentityStandIns> {
    const hasPods = apps.some(({ identity }) => identity?.kubernetes !== undefined);
    // What makes its certificate takes a third of a second to load.
    return new IdentityStandIns(
      hasPods ? await (await import('./kubernetes-cluster')).KubernetesCluster.start() : undefined,
    );
  }

  /** The identity, at the stand-in. */
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

  /** What the issuer or the cluster would give the app. @returns undefined where there is no stand-in */
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

/** The first of the values that will do, at its place: a claim that begins with a slash is a path to one. */
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
