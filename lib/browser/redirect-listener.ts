import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { PAGE_HEADERS, refusedPage, renderPage, type BrowserPage } from './browser-page';
import { closeServer, listenOnLoopback } from './loopback-servers';
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
    const server = createServer({ headersTimeout: 5000, requestTimeout: 10_000, keepAliveTimeout: 1 });
    server.on('request', (request, response) => {
      const page = this.#judge(request, response);
      if (page !== undefined) {
        send(response, page);
      }
    });
    server.on('clientError', (_, socket) => socket.destroy());
    return server;
  }

  /** @returns the page to answer with. @default - the response waits for the outcome */
  #judge(request: IncomingMessage, response: ServerResponse): BrowserPage | undefined {
    const [path, query = ''] = (request.url ?? '').split(/\?(.*)/s);
    // Checked first: a foreign page whose name resolves to loopback must learn nothing, not even which paths exist.
    const [host, ...others] = request.headersDistinct.host ?? [];
    if (host?.toLowerCase() !== this.#redirectUrl.host || others.length > 0) {
      return refusal(421, 'Wrong host', `This server answers only for ${this.#redirectUrl.host}.`);
    }
    if (path !== this.#redirectUrl.pathname) {
      return refusal(404, 'Not found', 'There is no page at this address.');
    }
    if (request.method !== 'GET') {
      response.setHeader('allow', 'GET');
      return refusal(405, 'Not allowed', 'This server answers only GET.');
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
      return refusedPage(redirect.error.message);
    }
    waiting.resolve({ code: redirect.code, show: (page) => show(response, page) });
    return undefined;
  }
}

async function show(response: ServerResponse, page: BrowserPage): Promise<void> {
  // A browser that has closed the connection gets no response.
  if (!response.destroyed) {
    await new Promise<void>((resolve) => {
      send(response.once('close', resolve), page);
    });
  }
}

function refusal(status: number, title: string, text: string): BrowserPage {
  return { status, tone: 'bad', title, text };
}

function send(response: ServerResponse, page: BrowserPage): void {
  response.writeHead(page.status, { ...PAGE_HEADERS, connection: 'close' }).end(renderPage(page));
}
