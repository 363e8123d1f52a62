import { ExplainedError, HttpTransport, isLoopback, NetworkError, UsageError } from '#core';
import type { WebhookFormat } from './message';

/*
 * The address of notifications. Everybody who knows the address may post to it, so messages show only its host.
 */

/** Environment variable with the address. No process list shows its value. */
export const WEBHOOK_VARIABLE = 'WEBEX_TOKEN_VAULT_WEBHOOK';

/** Longest wait for the head of the answer, and for all of the exchange. */
const ANSWER_TIMEOUT_MS = 20_000;

/** @see https://apphub.webex.com/applications/incoming-webhooks-cisco-systems-38054-23307-75252 */
const WEBEX_PATH = /^\/v1\/webhooks\/incoming\/./;

export class Webhook {
  private constructor(
    readonly url: URL,
    readonly format: WebhookFormat,
  ) {}

  /**
   * @param format - @default - Webex's for an incoming webhook of Webex, plain JSON for any other
   * @throws UsageError unless the address is an https URL, or an http URL of this machine; the error does not quote it
   */
  static at(address: string, format?: WebhookFormat): Webhook {
    const url = URL.canParse(address) ? new URL(address) : undefined;
    const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
    if (url === undefined || !isSafe) {
      const got =
        address === ''
          ? 'nothing'
          : url === undefined
            ? 'no URL'
            : url.protocol === 'http:'
              ? 'an http URL of another machine'
              : 'a URL of another kind';
      throw new UsageError(
        `the webhook (--webhook or ${WEBHOOK_VARIABLE}) must be an https URL, or an http URL of this machine, got ${got}; correct it. It is not shown, because everybody who knows it may post to it`,
      );
    }
    return new Webhook(url, format ?? (WEBEX_PATH.test(url.pathname) ? 'webex' : 'json'));
  }

  /** Part of the address that people may see. */
  get host(): string {
    return this.url.host;
  }

  /** @throws ExplainedError if the delivery is not confirmed; the signal's reason */
  async post(body: string, signal?: AbortSignal): Promise<void> {
    const transport = new HttpTransport();
    try {
      const answer = await transport.send({
        method: 'POST',
        url: this.url,
        headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'webex-token-vault' },
        body,
        headersTimeoutMs: ANSWER_TIMEOUT_MS,
        signal,
      });
      answer.body.cancel();
      if (answer.status < 200 || answer.status > 299) {
        throw new ExplainedError(`it answered ${answer.status}${adviceOn(answer.status, answer.headers.location)}`);
      }
    } catch (error) {
      signal?.throwIfAborted();
      throw error instanceof NetworkError
        ? new ExplainedError(`no answer (${error.code})${adviceOnNetwork(error)}`)
        : error;
    } finally {
      await transport.close();
    }
  }
}

function adviceOn(status: number, location: string | undefined): string {
  if (status >= 300 && status < 400) {
    const target = location !== undefined && URL.canParse(location) ? ` to ${new URL(location).origin}` : '';
    return `, a redirect${target}; nothing was sent there: give the address that accepts messages`;
  }
  if ([401, 403, 404, 410].includes(status)) {
    return '; it may be deleted: check it, or create another one';
  }
  return status === 429 ? ', because it got too many messages' : '';
}

function adviceOnNetwork({ code }: NetworkError): string {
  return /CERT|SELF_SIGNED|UNABLE_TO_/.test(code)
    ? '; this machine does not trust its certificate: name the file of its CA in NODE_EXTRA_CA_CERTS'
    : '';
}
