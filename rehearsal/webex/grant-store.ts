import { randomBytes, randomUUID } from 'node:crypto';
import type { WithheldScopes } from './behavior';
import type { RegisteredApp } from './simulated-client';
import type { SimulatedUser } from './simulated-user';
import { webexId } from './webex-id';

/** Consent of one person to one client, or of a full administrator to a Service App. All its tokens end with it. */
export interface Grant {
  /** Counted from 1 in each simulator. */
  readonly number: number;
  readonly client: RegisteredApp;
  readonly user: SimulatedUser;
  /** An administrator may withdraw some. */
  scopes: readonly string[];
}

export interface AuthorizationCode {
  readonly grant: Grant;
  readonly redirectUri: string;
  /** PKCE's SHA-256 of the verifier. */
  readonly challenge?: string;
}

export interface IssuedToken {
  /** Id of the authorization, as in `GET /v1/authorizations`. */
  readonly id: string;
  readonly type: 'access' | 'refresh';
  readonly value: string;
  readonly grant: Grant;
  readonly createdAt: Date;
  expiresAtMs: number;
  /** Why the token is invalid before its expiry. */
  endedBecause?: string;
}

/**
 * A token in Webex's format: 64 base64url characters (384 random bits), a marker, the organization's UUID. Clients must
 * cope with its length, "-" and "_".
 */
export function simulatedToken(): string {
  return `${randomBytes(48).toString('base64url')}_PF84_3f2c1d64-5c1e-4c39-9a59-0b1d6a7f2e10`;
}

function withdraw(grant: Grant, { scopes, of }: WithheldScopes): void {
  if (of === undefined || of === grant.user.email || of === grant.user.orgId) {
    grant.scopes = grant.scopes.filter((scope) => !scopes.includes(scope));
  }
}

export class GrantStore {
  readonly #codes = new Map<string, AuthorizationCode & { expiresAtMs: number; used: boolean }>();
  /** Ended tokens stay, because refusals name their grant and the reason. */
  readonly #tokens = new Map<string, IssuedToken>();
  /** Number of grants, and of the latest one. */
  count = 0;

  constructor(
    private readonly newToken: () => string,
    private readonly now: () => number,
    private readonly withheld: () => readonly WithheldScopes[] = () => [],
  ) {}

  /** Adds a grant of the requested scopes, without those that are withheld from the account. */
  add(requested: Omit<Grant, 'number'>): Grant {
    this.count += 1;
    const grant = { ...requested, number: this.count };
    this.withheld().forEach((withheld) => withdraw(grant, withheld));
    return grant;
  }

  /** Takes scopes away from every grant of these accounts. Its tokens stay valid. */
  withdrawScopes(withheld: WithheldScopes): void {
    for (const { grant } of [...this.#codes.values(), ...this.#tokens.values()]) {
      withdraw(grant, withheld);
    }
  }

  issueCode(code: AuthorizationCode, ttlSeconds: number): string {
    const value = this.newToken();
    this.#codes.set(value, { ...code, expiresAtMs: this.now() + ttlSeconds * 1000, used: false });
    return value;
  }

  /**
   * Uses up a code of this client. A second use means that the code has leaked, and revokes the grant.
   *
   * @see RFC 6749, section 4.1.2
   */
  redeemCode(value: string, client: RegisteredApp): AuthorizationCode | 'unknown' | 'used' | 'expired' {
    const code = this.#codes.get(value);
    if (code?.grant.client !== client) {
      return 'unknown';
    }
    if (code.used) {
      this.revokeGrant(code.grant, 'its code was used a second time');
      return 'used';
    }
    code.used = true;
    return code.expiresAtMs > this.now() ? code : 'expired';
  }

  issueToken(type: IssuedToken['type'], grant: Grant, ttlSeconds: number): IssuedToken {
    const token = {
      id: webexId('AUTHORIZATION', randomUUID()),
      type,
      value: this.newToken(),
      grant,
      createdAt: new Date(this.now()),
      expiresAtMs: this.now() + ttlSeconds * 1000,
    };
    this.#tokens.set(token.value, token);
    return token;
  }

  findToken(type: IssuedToken['type'], value: string): IssuedToken | undefined {
    const token = this.#tokens.get(value);
    return token?.type === type && this.#isGood(token) ? token : undefined;
  }

  /** The newest valid token of a grant. */
  newestToken(type: IssuedToken['type'], grant: Grant): IssuedToken | undefined {
    return this.list().findLast((token) => token.type === type && token.grant === grant);
  }

  /** The grant of a code or a token, valid or not. */
  grantOf(value: string): Grant | undefined {
    return (this.#tokens.get(value) ?? this.#codes.get(value))?.grant;
  }

  /** Why this client's refresh token has ended. */
  whyEnded(value: string, client: RegisteredApp): string | undefined {
    const token = this.#tokens.get(value);
    return token?.type === 'refresh' && token.grant.client === client ? token.endedBecause : undefined;
  }

  /** All valid tokens, oldest first. */
  list(): IssuedToken[] {
    return [...this.#tokens.values()].filter((token) => this.#isGood(token));
  }

  ageSeconds(token: IssuedToken): number {
    return (this.now() - token.createdAt.getTime()) / 1000;
  }

  remainingSeconds(token: IssuedToken): number {
    return Math.max(0, Math.floor((token.expiresAtMs - this.now()) / 1000));
  }

  renewToken(token: IssuedToken, ttlSeconds: number): void {
    token.expiresAtMs = this.now() + ttlSeconds * 1000;
  }

  /** Revokes one token. A refresh token ends its whole grant. */
  revokeToken(token: IssuedToken, because = 'it was revoked'): void {
    if (token.type === 'refresh') {
      this.revokeGrant(token.grant, because);
    } else {
      this.discardToken(token, because);
    }
  }

  /** Ends one token alone, as rotation ends the old refresh token. */
  discardToken(token: IssuedToken, because = 'it was revoked'): void {
    this.#end((candidate) => candidate.value === token.value, because);
  }

  revokeGrant(grant: Grant, because: string): void {
    this.#end((token) => token.grant === grant, because);
  }

  /** Ends the tokens and outstanding codes of a person or a machine account. */
  revokeAllOf(user: SimulatedUser, because: string): void {
    for (const [value, code] of this.#codes) {
      if (code.grant.user === user) {
        this.#codes.delete(value);
      }
    }
    this.#end((token) => token.grant.user === user, because);
  }

  /** Ends all tokens and outstanding codes. */
  revokeAll(because = 'it was revoked'): void {
    this.#codes.clear();
    this.#end(() => true, because);
  }

  expireAccessTokens(): void {
    for (const token of this.#tokens.values()) {
      if (token.type === 'access') {
        token.expiresAtMs = this.now();
      }
    }
  }

  #isGood(token: IssuedToken): boolean {
    return token.endedBecause === undefined && token.expiresAtMs > this.now();
  }

  #end(which: (token: IssuedToken) => boolean, because: string): void {
    for (const token of this.#tokens.values()) {
      if (which(token)) {
        token.endedBecause ??= because;
      }
    }
  }
}
