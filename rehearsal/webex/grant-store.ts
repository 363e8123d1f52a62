import { randomUUID } from 'node:crypto';
import type { SimulatedClient } from './simulated-client';
import type { SimulatedUser } from './simulated-user';
import { webexId } from './webex-id';

/** What one person allowed one client. Everything issued from it dies with it. */
export interface Grant {
  readonly client: SimulatedClient;
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

/** Codes and tokens, and until when they are good. */
export class GrantStore {
  readonly #codes = new Map<string, AuthorizationCode & { expiresAtMs: number; used: boolean }>();
  readonly #tokens = new Map<string, IssuedToken & { expiresAtMs: number }>();
  readonly #newToken: () => string;
  readonly #now: () => number;

  constructor(newToken: () => string, now: () => number) {
    this.#newToken = newToken;
    this.#now = now;
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
  redeemCode(value: string, client: SimulatedClient): AuthorizationCode | 'unknown' | 'used' | 'expired' {
    const code = this.#codes.get(value);
    if (code?.grant.client !== client) {
      return 'unknown';
    }
    if (code.used) {
      this.revokeGrant(code.grant);
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
    return token?.type === type && token.expiresAtMs > this.#now() ? token : undefined;
  }

  /** All tokens that are good now, oldest first. */
  list(): IssuedToken[] {
    return [...this.#tokens.values()].filter((token) => token.expiresAtMs > this.#now());
  }

  remainingSeconds(token: IssuedToken): number {
    const { expiresAtMs = 0 } = this.#tokens.get(token.value) ?? {};
    return Math.max(0, Math.floor((expiresAtMs - this.#now()) / 1000));
  }

  renewToken(token: IssuedToken, ttlSeconds: number): void {
    const stored = this.#tokens.get(token.value);
    if (stored) {
      stored.expiresAtMs = this.#now() + ttlSeconds * 1000;
    }
  }

  /** Takes back one token; a refresh token takes the access tokens of its grant along. */
  revokeToken(token: IssuedToken): void {
    if (token.type === 'refresh') {
      this.revokeGrant(token.grant);
    } else {
      this.discardToken(token);
    }
  }

  /** Forgets one token and nothing else: what rotation does to the old refresh token. */
  discardToken(token: IssuedToken): void {
    this.#tokens.delete(token.value);
  }

  revokeGrant(grant: Grant): void {
    for (const token of this.#tokens.values()) {
      if (token.grant === grant) {
        this.#tokens.delete(token.value);
      }
    }
  }

  /** Outstanding codes too. */
  revokeAll(): void {
    this.#codes.clear();
    this.#tokens.clear();
  }

  expireAccessTokens(): void {
    for (const token of this.#tokens.values()) {
      if (token.type === 'access') {
        token.expiresAtMs = this.#now();
      }
    }
  }
}
