import { VaultResponseError } from '#core';
import type { RedirectState } from '../../browser/redirect';
import type { PreparedPkce } from '../../grants/consent/ways/pkce-grant';
import type { OidcAttempt } from '../../operators/oidc-attempt';
import type { VaultClient } from '../../vault/vault-client';

/** The login of a person, as this process keeps it in memory. */
export interface Session {
  /** Client with the token of the person. */
  readonly vault: VaultClient;
  /** Name of the person at the identity provider. */
  readonly person: string;
  readonly expireTime: Date;
}

/**
 * Whether Vault still accepts the token, which somebody may have revoked there.
 *
 * @throws the error of a Vault that does not answer
 */
export async function isAccepted({ vault }: Session): Promise<boolean> {
  return vault.read('auth/token/lookup-self').then(
    () => true,
    (error: unknown) => {
      if (error instanceof VaultResponseError && error.statusCode === 403) {
        return false;
      }
      throw error;
    },
  );
}

/** A request for a consent that a browser was shown. */
export interface ShownRequest {
  readonly prepared: PreparedPkce;
  readonly state: RedirectState;
  readonly codeVerifier: string;
}

/** A code that waits for the person to log in again. */
export interface HeldCode {
  readonly request: ShownRequest;
  readonly code: string;
  readonly heldAt: Date;
}

/** Requests that one browser may have open, such as in several tabs. */
const MOST_REQUESTS = 20;

/** One browser, known by its cookie. */
export class Visitor {
  /** @default - no login has begun */
  login?: { readonly attempt: Pick<OidcAttempt, 'expected' | 'finish'>; readonly begunAt: Date };
  /** @default - nobody has logged in, or the person has logged out */
  session?: Session;
  /** @default - no code waits */
  held?: HeldCode;
  #requests: ShownRequest[] = [];

  /** @param key value of the cookie */
  constructor(readonly key: string) {}

  /** The session, if Vault still accepts its token for that long. */
  liveSession(forMs = 0, now = Date.now()): Session | undefined {
    return this.session !== undefined && this.session.expireTime.getTime() - now > forMs ? this.session : undefined;
  }

  show(request: ShownRequest): void {
    this.#requests = [...this.#requests, request].slice(-MOST_REQUESTS);
  }

  /** The request that this browser was shown with a state. All are compared, in constant time. */
  requestWith(state: string): ShownRequest | undefined {
    return this.#requests.filter((request) => request.state.matches(state)).at(-1);
  }

  /** The same browser under a new cookie, because the earlier one may have been planted. */
  renamed(key: string): Visitor {
    const { session, held } = this;
    const visitor = Object.assign(new Visitor(key), { session, held });
    visitor.#requests = this.#requests;
    return visitor;
  }
}
