import { z } from 'zod';
import {
  ExplainedError,
  NotAuthorizedYet,
  ReauthorizationRequired,
  type TokenSource,
  WebexFetch,
} from 'webex-token-client/core';
import { checkAuthorizer } from '../../lib/consent/authorizer-checks';
import { storeNewGrant, type GrantSubject } from '../../lib/consent/code-grant';
import { consentUrl } from '../../lib/consent/consent';
import { findIntegration, type Credential, type Deployment } from '../../lib/declaration/deployment';
import { findGrant } from '../../lib/consent/existing-grant';
import type { ConsentState } from '../../lib/consent/redirect';
import type { VaultClient } from '../../lib/vault/vault-client';

const personReply = z.object({ displayName: z.string(), emails: z.array(z.string()).min(1) });

export interface AuthorizedPerson extends z.infer<typeof personReply> {
  /** When the access token expires; Vault has a new one before. */
  readonly expireTime?: Date;
  readonly warnings: readonly string[];
}

/** Who is authorised: a person, nobody yet, or nobody any more. */
export type Status =
  | { readonly kind: 'authorized'; readonly person: AuthorizedPerson }
  | { readonly kind: 'never' }
  | { readonly kind: 'lost' };

export interface AuthorizationOptions {
  readonly deployment: Deployment;
  readonly credential: Credential;
  /** With a token that has the authorizer's policy. */
  readonly vault: VaultClient;
  /** Of an app that reads the credential. */
  readonly tokens: TokenSource;
  /** Takes what the operator should know, a line at a time. */
  readonly notice: (line: string) => void;
}

/** The credential of this app: whose it is, and how it comes to be somebody's. */
export class Authorization {
  readonly #options: AuthorizationOptions;
  readonly #subject: GrantSubject;
  readonly #webex: WebexFetch;
  #exchanges: Promise<unknown> = Promise.resolve();

  constructor(options: AuthorizationOptions) {
    const { deployment, credential, vault, notice, tokens } = options;
    const { apiUrl } = deployment.webex;
    this.#options = options;
    this.#subject = {
      vault,
      mountPath: deployment.engine.mountPath,
      integration: findIntegration(deployment, credential.integration),
      credential,
      apiUrl,
      notice,
    };
    // A person waits, and can press reload.
    this.#webex = new WebexFetch({ tokens, origins: [apiUrl], retry: { attempts: 2 } });
  }

  /** @throws ExplainedError where it cannot be told */
  async status(): Promise<Status> {
    try {
      const { expireTime, warnings } = await this.#options.tokens.token();
      const person = await this.#webex.json(`${this.#subject.apiUrl}/people/me`, personReply);
      return { kind: 'authorized', person: { ...person, expireTime, warnings } };
    } catch (error) {
      if (error instanceof NotAuthorizedYet) {
        return { kind: 'never' };
      }
      if (error instanceof ReauthorizationRequired) {
        return { kind: 'lost' };
      }
      throw error;
    }
  }

  /**
   * The URL where a person consents, unless there is a grant that works or may work again.
   *
   * @throws ExplainedError where something is missing that the consent would need
   */
  async begin(state: ConsentState): Promise<string | undefined> {
    const { deployment, credential, vault } = this.#options;
    await checkAuthorizer(vault, deployment, credential);
    return (await this.#isTaken()) ? undefined : consentUrl(this.#subject, state, credential.owner);
  }

  /**
   * Has the engine exchange the code, unless somebody was faster: what works is never replaced from a web page.
   *
   * @throws WrongAccount where the credential has another owner, with nothing stored; ExplainedError
   */
  async finish(code: string): Promise<void> {
    const exchange = this.#exchanges.then(async () => {
      if (!(await this.#isTaken())) {
        await storeNewGrant(this.#subject, code);
      }
    });
    // One after the other: of two tabs, the second must see what the first has stored.
    this.#exchanges = exchange.catch(() => undefined);
    return exchange;
  }

  async #isTaken(): Promise<boolean> {
    const { vault, mountPath, credential } = this.#subject;
    const existing = await findGrant(vault, mountPath, credential.name);
    if (existing instanceof ExplainedError) {
      throw existing;
    }
    return existing !== undefined;
  }
}
