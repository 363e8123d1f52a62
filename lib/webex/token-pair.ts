import { z } from 'zod';
import { LONGEST_LIFE_SECONDS } from '#core';

/** Ten years: longer than anything lives that Webex gives. What is said beside the tokens loses nobody a pair. */
const told = z.number().positive().max(LONGEST_LIFE_SECONDS).optional().catch(undefined);

const tokenReply = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().nonnegative(),
  refresh_token: z.string().min(1).optional(),
  refresh_token_expires_in: told,
  scope: z.string().optional().catch(undefined),
});

/**
 * What Webex gave for a code, a refresh token, a device code, or to a Service App. The tokens are no properties, so that
 * nothing which prints or serializes an object shows them.
 */
export class TokenPair {
  readonly #accessToken: string;
  readonly #refreshToken: string;

  private constructor(
    accessToken: string,
    refreshToken: string,
    /** How long the access token lives. */
    readonly accessTokenSeconds: number,
    /** How long the refresh token lives. @default - Webex did not say */
    readonly refreshTokenTtlSeconds?: number,
    /** @default - Webex did not say */
    readonly scopes?: readonly string[],
  ) {
    this.#accessToken = accessToken;
    this.#refreshToken = refreshToken;
  }

  /**
   * @param json what Webex answered
   * @param refreshToken the one that was sent, which stays good where the answer names none. @default - there is none
   * @returns undefined where it is no pair
   */
  static from(json: unknown, refreshToken?: string): TokenPair | undefined {
    const { data } = tokenReply.safeParse(json);
    const kept = data?.refresh_token ?? refreshToken;
    if (data === undefined || kept === undefined) {
      return undefined;
    }
    const scopes = data.scope?.split(' ').filter((scope) => scope !== '');
    return new TokenPair(data.access_token, kept, data.expires_in, data.refresh_token_expires_in, scopes);
  }

  get accessToken(): string {
    return this.#accessToken;
  }

  get refreshToken(): string {
    return this.#refreshToken;
  }
}
