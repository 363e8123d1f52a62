import { randomUUID } from 'node:crypto';
import type { RegisteredApp } from './simulated-client';
import type { SimulatedUser } from './simulated-user';
import { webexId } from './webex-id';

/** What one person allowed one client, or a full administrator a Service App. Everything issued from it dies with it. */
export interface Grant {
  /** Of all that were consented to at this simulator, the first is 1. */
  readonly number: number;
  readonly client: RegisteredApp;
  readonly user: SimulatedUser;
  readonly scopes: readonly string[];
}

export interface AuthorizationCode {
  readonly grant: Grant;
  readonly redirectUri: string;
  readonly challenge?: PkceChallenge;
}

export interface PkceChallenge {
  readonly value: string;
  readonly method: 'plain' | 'S256';
}

export interface IssuedToken {
  /** Id of the authorization, as in `GET /v1/authorizations`. */
  readonly id: string;
  readonly type: 'access' | 'refresh';
  readonly value: string;
  readonly grant: Grant;
  readonly createdAt: Date;
}

interface StoredToken extends IssuedToken {
  expiresAtMs: number;
  /** Why it is no good before that; an expired token may be forgotten, and this stays. */
  endedBecause?: string;
}

/** Codes and tokens, and until when they are good. */
export class GrantStore {
  readonly #codes = new Map<string, AuthorizationCode & { expiresAtMs: number; used: boolean }>();
  /** Those that have ended too, so that it can be said whose they were and why. */
  readonly #tokens = new Map<string, StoredToken>();
  readonly #newToken: () => string;
  readonly #now: () => number;
  #grants = 0;

  constructor(newToken: () => string, now: () => number) {
    this.#newToken = newToken;
    this.#now = now;
  }

  /** How many grants were consented to, and so the number of the latest. */
  get count(): number {
    return this.#grants;
  }

  /** To be given codes and tokens. */
  add(grant: Omit<Grant, 'number'>): Grant {
    this.#grants += 1;
    return { ...grant, number: this.#grants };
  }

  issueCode(code: AuthorizationCode, ttlSeconds: number): string {
    const value = this.#newToken();
    this.#codes.set(value, { ...code, expiresAtMs: this.#now() + ttlSeconds * 1000, used: false });
    return value;
  }

  /**
   * Uses up a code of this client. A second use means that the code has leaked: it revokes what the first one gave.
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
    return code.expiresAtMs > this.#now() ? code : 'expired';
  }

  issueToken(type: IssuedToken['type'], grant: Grant, ttlSeconds: number): IssuedToken {
    const token = {
      id: webexId('AUTHORIZATION', randomUUID()),
      type,
      value: this.#newToken(),
      grant,
      createdAt: new Date(this.#now()),
      expiresAtMs: this.#now() + ttlSeconds * 1000,
    };
    this.#tokens.set(token.value, token);
    return token;
  }

  /** A token that is good now. */
  findToken(type: IssuedToken['type'], value: string): IssuedToken | undefined {
    const token = this.#tokens.get(value);
    return token?.type === type && this.#isGood(token) ? token : undefined;
  }

  /** The newest token of a grant that is good now. */
  newestToken(type: IssuedToken['type'], grant: Grant): IssuedToken | undefined {
    return this.list().findLast((token) => token.type === type && token.grant === grant);
  }

  /** Whose a code or a token is or was, good or not. */
  grantOf(value: string): Grant | undefined {
    return (this.#tokens.get(value) ?? this.#codes.get(value))?.grant;
  }

  /** Why this client's refresh token is no good any more. */
  whyEnded(value: string, client: RegisteredApp): string | undefined {
    const token = this.#tokens.get(value);
    return token?.type === 'refresh' && token.grant.client === client ? token.endedBecause : undefined;
  }

  /** All tokens that are good now, oldest first. */
  list(): IssuedToken[] {
    return [...this.#tokens.values()].filter((token) => this.#isGood(token));
  }

  expiresAtMs(token: IssuedToken): number {
    return this.#tokens.get(token.value)?.expiresAtMs ?? 0;
  }

  ageSeconds(token: IssuedToken): number {
    return (this.#now() - token.createdAt.getTime()) / 1000;
  }

  remainingSeconds(token: IssuedToken): number {
    return Math.max(0, Math.floor((this.expiresAtMs(token) - this.#now()) / 1000));
  }

  renewToken(token: IssuedToken, ttlSeconds: number): void {
    const stored = this.#tokens.get(token.value);
    if (stored) {
      stored.expiresAtMs = this.#now() + ttlSeconds * 1000;
    }
  }

  /** Takes back one token; a refresh token takes the access tokens of its grant along. */
  revokeToken(token: IssuedToken, because = 'it was revoked'): void {
    if (token.type === 'refresh') {
      this.revokeGrant(token.grant, because);
    } else {
      this.discardToken(token, because);
    }
  }

  /** Ends one token and nothing else: what rotation does to the old refresh token. */
  discardToken(token: IssuedToken, because = 'it was revoked'): void {
    this.#end((candidate) => candidate.value === token.value, because);
  }

  revokeGrant(grant: Grant, because: string): void {
    this.#end((token) => token.grant === grant, because);
  }

  /** Outstanding codes too, of a machine account as of a person. */
  revokeAllOf(user: SimulatedUser, because: string): void {
    for (const [value, code] of this.#codes) {
      if (code.grant.user === user) {
        this.#codes.delete(value);
      }
    }
    this.#end((token) => token.grant.user === user, because);
  }

  /** Outstanding codes too. */
  revokeAll(because = 'it was revoked'): void {
    this.#codes.clear();
    this.#end(() => true, because);
  }

  expireAccessTokens(): void {
    for (const token of this.#tokens.values()) {
      if (token.type === 'access') {
        token.expiresAtMs = this.#now();
      }
    }
  }

  #isGood(token: StoredToken): boolean {
    return token.endedBecause === undefined && token.expiresAtMs > this.#now();
  }

  #end(which: (token: IssuedToken) => boolean, because: string): void {
    for (const token of this.#tokens.values()) {
      if (which(token)) {
        token.endedBecause ??= because;
      }
    }
  }
}
