import { z } from 'zod';
import { LONGEST_LIFE_SECONDS, notWebex } from '#core';

/** Lifetime that Webex states beside the tokens, at most ten years. An invalid lifetime is ignored, so no pair is lost. */
const told = z.number().positive().max(LONGEST_LIFE_SECONDS).optional().catch(undefined);

const tokenReply = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().nonnegative(),
  refresh_token: z.string().min(1).optional(),
  refresh_token_expires_in: told,
  scope: z.string().optional().catch(undefined),
});

/**
 * Tokens that Webex issued for a code, a refresh token, a device code, or to a Service App. The tokens are private
 * fields, so printing or serializing the object does not show them.
 */
export class TokenPair {
  readonly #accessToken: string;
  readonly #refreshToken: string;

  private constructor(
    accessToken: string,
    refreshToken: string,
    readonly accessTokenSeconds: number,
    /** @default - Webex did not state it */
    readonly refreshTokenTtlSeconds?: number,
    /** Granted scopes, sorted, each once. @default - Webex did not state them */
    readonly scopes?: readonly string[],
  ) {
    this.#accessToken = accessToken;
    this.#refreshToken = refreshToken;
  }

  /**
   * @param json Webex's answer to `path`
   * @param refreshToken the refresh token that was sent; the pair keeps it if the answer has none. @default - none was
   *   sent
   * @throws WebexUnreachableError if the answer is no pair
   */
  static from(json: unknown, apiUrl: string, path: string, refreshToken?: string): TokenPair {
    const { data } = tokenReply.safeParse(json);
    const kept = data?.refresh_token ?? refreshToken;
    if (data === undefined || kept === undefined) {
      throw notWebex(apiUrl, path);
    }
    const scopes = new Set(data.scope?.split(' ').filter((scope) => scope !== ''));
    return new TokenPair(
      data.access_token,
      kept,
      data.expires_in,
      data.refresh_token_expires_in,
      scopes.size === 0 ? undefined : [...scopes].sort(),
    );
  }

  get accessToken(): string {
    return this.#accessToken;
  }

  get refreshToken(): string {
    return this.#refreshToken;
  }
}
