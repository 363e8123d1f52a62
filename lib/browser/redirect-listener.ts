import type { ServerResponse } from 'node:http';
import { refusedPage, type BrowserPage } from './browser-page';
import { closeServer, listenOnLoopback, type Server } from './loopback-servers';
import type { PageRequest } from './page-admission';
import { refusal, replyOf, sendReply, type PageReply } from './page-reply';
import { createPageServer } from './page-server';
import { readRedirect, type ExpectedRedirect, type ReceivedCode, type RedirectChannel } from './redirect';

interface Waiting {
  readonly expected: ExpectedRedirect;
  readonly resolve: (received: ReceivedCode) => void;
  readonly reject: (error: Error) => void;
}

/** Listens at the registered redirect URL, on loopback only, for the time of one visit. */
export class RedirectListener implements RedirectChannel {
  readonly #redirectUrl: URL;
  #servers: Server[] = [];
  #waiting: Waiting | undefined;

  private constructor(redirectUrl: string) {
    this.#redirectUrl = new URL(redirectUrl);
  }

  /**
   * Takes the port before a person is asked for anything.
   *
   * @param redirectUrl loopback http, as `deployment.ts` validates it
   * @param otherWay advice for the error. @default - none
   * @throws ExplainedError if the port cannot be listened on
   */
  static async bind(redirectUrl: string, otherWay?: string): Promise<RedirectListener> {
    const listener = new RedirectListener(redirectUrl);
    listener.#servers = await listenOnLoopback(new URL(redirectUrl), () => listener.#server(), otherWay);
    return listener;
  }

  async receive(expected: ExpectedRedirect, signal: AbortSignal): Promise<ReceivedCode> {
    signal.throwIfAborted();
    return new Promise<ReceivedCode>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      this.#waiting = { expected, resolve, reject };
    }).finally(() => {
      this.#waiting = undefined;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#servers.map(closeServer));
  }

  #server(): Server {
    const serve = (request: PageRequest, response: ServerResponse): void => {
      const reply = this.#judge(request, response);
      if (reply !== undefined) {
        sendReply(request.message, response, reply);
      }
    };
    return createPageServer({ host: this.#redirectUrl.host, serve });
  }

  /** @returns the reply. @default - the response waits for the outcome */
  #judge({ message, path, query }: PageRequest, response: ServerResponse): PageReply | undefined {
    if (path !== this.#redirectUrl.pathname) {
      return refusal(404, 'Not found', 'There is no page at this address.');
    }
    if (message.method !== 'GET') {
      return refusal(405, 'Not allowed', 'This server answers only GET.', { allow: 'GET' });
    }
    const waiting = this.#waiting;
    if (waiting === undefined) {
      return refusal(400, 'Too late', 'This redirect was used already, or came too late. Run the command again.');
    }
    const redirect = readRedirect(new URLSearchParams(query), waiting.expected);
    if (redirect.kind === 'ignored') {
      const text = `This redirect was ignored: ${redirect.why}. Open the last URL that the terminal shows.`;
      return refusal(400, 'Wrong redirect', text);
    }
    // The state is used up: a second redirect is refused.
    this.#waiting = undefined;
    if (redirect.kind === 'refused') {
      waiting.reject(redirect.error);
      return replyOf(refusedPage(redirect.error.message));
    }
    const show = (page: BrowserPage): Promise<void> =>
      new Promise((resolve) => {
        // A browser that has closed the connection gets no response.
        if (response.destroyed) {
          resolve();
        }
        sendReply(message, response.once('close', resolve), replyOf(page));
      });
    waiting.resolve({ code: redirect.code, show });
    return undefined;
  }
}
