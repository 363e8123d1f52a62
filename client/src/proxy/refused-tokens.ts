import type { CredentialReading } from '#core';
import type { TokenSource } from '../token-source';

/** Time in which Vault is not asked again about a token that it has confirmed, in milliseconds. */
const CONFIRMED_MS = 10_000;

/** Tokens that Webex refused. A caller that gets a 401 for each request does not make Vault answer each time. */
export class RefusedTokens {
  #confirmed?: { readonly accessToken: string; readonly until: number };

  constructor(
    private readonly tokens: Pick<TokenSource, 'token' | 'reject'>,
    private readonly now = (): number => performance.now(),
  ) {}

  /** Returns the token read anew. It is the same one if Vault has no other. @throws the errors of TokenSource */
  async next(refused: CredentialReading): Promise<CredentialReading> {
    const { accessToken } = refused;
    if (this.#confirmed?.accessToken === accessToken && this.now() < this.#confirmed.until) {
      return refused;
    }
    this.tokens.reject(refused);
    const reading = await this.tokens.token();
    const isSame = reading.accessToken === accessToken;
    this.#confirmed = isSame ? { accessToken, until: this.now() + CONFIRMED_MS } : undefined;
    return reading;
  }
}
