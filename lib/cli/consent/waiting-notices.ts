import { describeError } from '#core';
import type { Deployment } from '../../declaration/schema/deployment';
import { type WaitingConsent, waitingBody } from '../../health/notifications/message';
import type { Webhook } from '../../health/notifications/webhook';
import { say } from '../command';

/*
 * Messages to a webhook about consents that wait. A webhook that fails is a line at the terminal, and ends nothing.
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
  #told: readonly string[] = [];

  constructor(private readonly options: WaitingNoticesOptions) {}

  /** Sends a message about those that waited at no earlier call. @param over ends the request */
  async tell(waiting: readonly WaitingConsent[], over?: AbortSignal): Promise<void> {
    const { webhook, deployment, address, site } = this.options;
    const unknown = waiting.filter(({ credential }) => !this.#told.includes(credential));
    this.#told = waiting.map(({ credential }) => credential);
    if (unknown.length === 0) {
      return;
    }
    const from = `${address} (${deployment.engine.mountPath})`;
    try {
      await webhook.post(waitingBody(webhook.format, unknown, from, site), over);
    } catch (error) {
      if (!over?.aborted) {
        say(`notice: the webhook at ${webhook.host} did not get the message: ${describeError(error)}`);
      }
    }
  }
}
