import { describeError } from '#core';
import type { Deployment } from '../../declaration/schema/deployment';
import { organizationBody, type WaitingConsent, waitingBody } from '../../health/notifications/message';
import type { Webhook } from '../../health/notifications/webhook';
import { say } from '../command';

/*
 * Messages to a webhook about consents and organizations that wait. A webhook that fails is a line at the terminal, and ends nothing.
 */

export interface WaitingNoticesOptions {
  readonly webhook: Webhook;
  readonly deployment: Deployment;
  /** Address of Vault. */
  readonly address: string;
  /** Site on which people log in. @default - a link, which no message has */
  readonly site?: URL;
}

export class WaitingNotices {
  /** Keys of the consents that a message has told, and that still waited at the last call. */
  #told: ReadonlySet<string> = new Set();
  /** One message follows another, because two calls at once would both tell the same consents. */
  #last: Promise<void> = Promise.resolve();

  constructor(private readonly options: WaitingNoticesOptions) {}

  /** Sends a message about those that no message has told, or that wait for another cause now. @param over ends the request */
  tell(waiting: readonly WaitingConsent[], over?: AbortSignal): Promise<void> {
    this.#last = this.#last.then(() => this.#tell(waiting, over));
    return this.#last;
  }

  /** Sends a message about an organization that came or went. @param line the event, and the change of the declaration */
  async tellOrganization(line: string, over?: AbortSignal): Promise<void> {
    await this.#post(organizationBody(this.options.webhook.format, line, this.#from), over);
  }

  get #from(): string {
    const { deployment, address } = this.options;
    return `${address} (${deployment.engine.mountPath})`;
  }

  async #tell(waiting: readonly WaitingConsent[], over?: AbortSignal): Promise<void> {
    const unknown = waiting.filter((each) => !this.#told.has(keyOf(each)));
    const { webhook, site } = this.options;
    const body = (): string => waitingBody(webhook.format, unknown, this.#from, site);
    const isSent = unknown.length === 0 || (await this.#post(body(), over));
    const told = isSent ? waiting : waiting.filter((each) => !unknown.includes(each));
    this.#told = new Set(told.map(keyOf));
  }

  /** @returns whether the webhook has the message */
  async #post(body: string, over?: AbortSignal): Promise<boolean> {
    const { webhook } = this.options;
    try {
      await webhook.post(body, over);
      return true;
    } catch (error) {
      if (!over?.aborted) {
        say(`notice: the webhook at ${webhook.host} did not get the message: ${describeError(error)}`);
      }
      return false;
    }
  }
}

function keyOf({ credential, cause }: WaitingConsent): string {
  return `${credential} ${cause ?? ''}`;
}
