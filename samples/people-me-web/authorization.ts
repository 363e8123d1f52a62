import { NotAuthorizedYet, ReauthorizationRequired, type TokenSource, WebexFetch } from 'webex-token-client';
import { describeError } from '#core';
import { z } from 'zod';
import type { ConsentState } from './consent-state';
import type { Credential } from './credential';
import type { Engine } from './engine';
import { requireRights } from './rights';
import { WrongAccount } from './wrong-account';

const personReply = z.object({ displayName: z.string(), emails: z.array(z.string()).min(1) });

type Person = z.infer<typeof personReply>;

export interface AuthorizedPerson extends Person {
  /** When the access token expires; Vault has a new one before. */
  readonly expireTime?: Date;
  readonly warnings: readonly string[];
}

/** Why there is nobody: not yet, or not any more. */
type Absence = 'never' | 'lost';

export type Status = { readonly kind: 'authorized'; readonly person: AuthorizedPerson } | { readonly kind: Absence };

export interface AuthorizationOptions {
  readonly credential: Credential;
  /** Under a token of the authorizer. */
  readonly engine: Engine;
  /** Of an app that reads the credential. */
  readonly tokens: TokenSource;
  /** Base URL of the Webex API. */
  readonly apiUrl: string;
  /** Takes what the operator should know, a line at a time. */
  readonly notice: (line: string) => void;
}

/** The credential of this app: whose it is, and how it comes to be somebody's. */
export class Authorization {
  readonly #options: AuthorizationOptions;
  readonly #webex: WebexFetch;
  #exchanges: Promise<unknown> = Promise.resolve();

  constructor(options: AuthorizationOptions) {
    const { apiUrl, tokens } = options;
    this.#options = options;
    // A person waits, and can press reload.
    this.#webex = new WebexFetch({ tokens, origins: [apiUrl], retry: { attempts: 2 } });
  }

  /** @throws WrongAccount where the credential has another owner; ExplainedError where it cannot be told */
  async status(): Promise<Status> {
    try {
      const { expireTime, warnings } = await this.#options.tokens.token();
      const person = await this.#me();
      const { owner, name } = this.#options.credential;
      if (owner !== undefined) {
        this.#refuseOther(owner, person, `whoever runs this app has to revoke "${name}"`);
      }
      return { kind: 'authorized', person: { ...person, expireTime, warnings } };
    } catch (error) {
      return { kind: absenceOf(error) };
    }
  }

  /**
   * The URL where a person consents, unless there is a grant that works or may work again.
   *
   * @throws ExplainedError where something is missing that the consent would need
   */
  async begin(state: ConsentState): Promise<string | undefined> {
    const { engine, credential } = this.#options;
    await requireRights(engine, credential);
    return (await this.#isTaken()) ? undefined : engine.consentUrl(credential, state.value);
  }

  /**
   * Has the engine exchange the code, unless somebody was faster: what works is never replaced from a web page.
   *
   * @throws WrongAccount where the credential has another owner, with nothing stored; ExplainedError, with the grant
   *   kept where Webex does not say whose it is
   */
  async finish(code: string): Promise<void> {
    const exchange = this.#exchanges.then(async () => {
      if (!(await this.#isTaken())) {
        await this.#store(code);
      }
    });
    // One after the other: of two tabs, the second must see what the first has stored.
    this.#exchanges = exchange.catch(() => undefined);
    return exchange;
  }

  async #isTaken(): Promise<boolean> {
    const { tokens } = this.#options;
    // Somebody else may have consented meanwhile.
    tokens.forget();
    try {
      await tokens.token();
      return true;
    } catch (error) {
      absenceOf(error);
      return false;
    }
  }

  async #store(code: string): Promise<void> {
    const { engine, credential, tokens } = this.#options;
    await engine.exchange(credential, code);
    tokens.forget();
    if (credential.owner !== undefined) {
      await this.#removeUnlessOf(credential.owner);
    }
  }

  /** A grant that nobody could look at stays, as only a person could give it again: each page looks at it anew. */
  async #removeUnlessOf(owner: string): Promise<void> {
    try {
      this.#refuseOther(owner, await this.#me(), 'nothing is stored');
    } catch (error) {
      if (error instanceof WrongAccount) {
        await this.#remove();
      }
      throw error;
    }
  }

  #refuseOther(owner: string, { emails }: Person, consequence: string): void {
    if (!emails.some((email) => email.toLowerCase() === owner.toLowerCase())) {
      throw new WrongAccount(
        `${emails[0] ?? 'somebody else'} consented, but "${this.#options.credential.name}" belongs to ${owner}; ${consequence}; sign out of Webex in the browser, then consent as ${owner}`,
      );
    }
  }

  /** Never hides the error that led here. */
  async #remove(): Promise<void> {
    const { engine, credential, tokens, notice } = this.#options;
    await engine.delete(credential.name).catch((error: unknown) => {
      notice(`ATTENTION: credential "${credential.name}" could not be deleted; revoke it: ${describeError(error)}`);
    });
    tokens.forget();
  }

  #me(): Promise<Person> {
    return this.#webex.json(`${this.#options.apiUrl}/people/me`, personReply);
  }
}

/**
 * Only these two mean that nothing is left which a new consent could harm.
 *
 * @throws the error itself where it is another one
 */
function absenceOf(error: unknown): Absence {
  if (error instanceof NotAuthorizedYet) {
    return 'never';
  }
  if (error instanceof ReauthorizationRequired) {
    return 'lost';
  }
  throw error;
}
