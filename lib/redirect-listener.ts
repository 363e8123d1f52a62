import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { PAGE_HEADERS, renderPage, type ConsentPage } from './consent-page';
import { readRedirect, type ExpectedRedirect, type ReceivedCode, type RedirectChannel } from './redirect';
import { UserError } from './user-error';

/*
 * Listens where the registered redirect URL points: on loopback only, for as long as one consent takes.
 */

interface Waiting {
  readonly expected: ExpectedRedirect;
  readonly resolve: (received: ReceivedCode) => void;
  readonly reject: (error: Error) => void;
}

export class RedirectListener implements RedirectChannel {
  readonly #redirectUrl: URL;
  readonly #servers: Server[] = [];
  #waiting: Waiting | undefined;

  private constructor(redirectUrl: string) {
    this.#redirectUrl = new URL(redirectUrl);
  }

  /**
   * Takes the port, so that nobody is asked for a consent that could not be received.
   *
   * @param redirectUrl loopback http, as `deployment.ts` validates it
   * @throws UserError where the port cannot be had
   */
  static async bind(redirectUrl: string): Promise<RedirectListener> {
    const listener = new RedirectListener(redirectUrl);
    try {
      await listener.#listen();
    } catch (error) {
      await listener[Symbol.asyncDispose]();
      throw error;
    }
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
    await Promise.all(
      this.#servers.splice(0).map(
        (server) =>
          new Promise<void>((resolve) => {
            server.close(() => resolve());
            // Browsers open connections ahead of need and keep them: they would keep this process too.
            server.closeAllConnections();
          }),
      ),
    );
  }

  async #listen(): Promise<void> {
    const { hostname } = this.#redirectUrl;
    const port = Number(this.#redirectUrl.port || 80);
    // A browser may take "localhost" for either of the two.
    const hosts = hostname === 'localhost' ? ['127.0.0.1', '::1'] : [hostname.replace(/^\[|\]$/g, '')];
    for (const [index, host] of hosts.entries()) {
      const server = createServer({ headersTimeout: 5000, requestTimeout: 10_000, keepAliveTimeout: 1 });
      server.on('request', (request, response) => this.#answer(request, response));
      server.on('clientError', (_, socket) => socket.destroy());
      try {
        await listen(server, host, port);
        this.#servers.push(server);
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? 'no reason given';
        const noSuchAddress = code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';
        if (index === 0 || !noSuchAddress) {
          throw portError(this.#redirectUrl, host, port, code);
        }
      }
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const page = this.#judge(request, response);
    if (page !== undefined) {
      send(response, page);
    }
  }

  /** The page to answer with at once; none where the response waits for the outcome of the consent. */
  #judge(request: IncomingMessage, response: ServerResponse): ConsentPage | undefined {
    const [path, query = ''] = (request.url ?? '').split(/\?(.*)/s);
    // The host first: a page elsewhere that resolves its own name to loopback learns nothing, not even paths.
    if (request.headers.host?.toLowerCase() !== this.#redirectUrl.host) {
      return refusal(421, 'Not this host', `Only ${this.#redirectUrl.host} is answered here.`);
    }
    if (path !== this.#redirectUrl.pathname) {
      return refusal(404, 'Not found', 'There is nothing at this address.');
    }
    if (request.method !== 'GET') {
      response.setHeader('allow', 'GET');
      return refusal(405, 'Not allowed', 'Only GET is answered here.');
    }
    const waiting = this.#waiting;
    if (waiting === undefined) {
      return refusal(400, 'No consent is expected', 'This redirect was already used, or is too late.');
    }
    const redirect = readRedirect(new URLSearchParams(query), waiting.expected);
    if (redirect.kind === 'ignored') {
      const text = `This redirect was ignored: ${redirect.why}. Use the page that the terminal named last.`;
      return refusal(400, 'Not the expected redirect', text);
    }
    // From here on a second redirect finds nobody waiting.
    this.#waiting = undefined;
    if (redirect.kind === 'refused') {
      waiting.reject(redirect.error);
      return refusal(200, 'Not authorised', redirect.error.message);
    }
    waiting.resolve({ code: redirect.code, show: (page) => show(response, page) });
    return undefined;
  }
}

async function show(response: ServerResponse, page: ConsentPage): Promise<void> {
  // Where the window was closed meanwhile there is nothing to wait for.
  if (!response.destroyed) {
    await new Promise<void>((resolve) => {
      send(response.once('close', resolve), page);
    });
  }
}

function refusal(status: number, title: string, text: string): ConsentPage {
  return { status, tone: 'bad', title, text };
}

function send(response: ServerResponse, page: ConsentPage): void {
  response.writeHead(page.status, { ...PAGE_HEADERS, connection: 'close' }).end(renderPage(page));
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, ipv6Only: host === '::1' }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function portError(redirectUrl: URL, host: string, port: number, code: string): UserError {
  const got = `port ${port} on ${host}, where the redirect URL ${redirectUrl.href} points,`;
  if (code === 'EADDRINUSE') {
    const airPlay = process.platform === 'darwin' && (port === 5000 || port === 7000);
    const hint = airPlay ? 'macOS keeps its AirPlay Receiver there, turn it off' : `see which with "lsof -i :${port}"`;
    return new UserError(
      `${got} is taken by another program; ${hint}, or register a redirect URL with another port, or use --manual`,
    );
  }
  if (code === 'EACCES') {
    return new UserError(`${got} is reserved for the superuser; register a redirect URL with a port of 1024 or more`);
  }
  return new UserError(`${got} cannot be listened on (${code}); register another loopback redirect URL`);
}
