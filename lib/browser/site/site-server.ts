import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { describeError, errorCode, ExplainedError, isLoopback } from '#core';
import { urlHost } from '../../declaration/schema/host-name';
import { listen, type ListenAddress, portError, type Server } from '../loopback-servers';
import type { PageRequest } from '../page-admission';
import { PATIENCE_MS, type PageReply, refusal, sendReply } from '../page-reply';
import { createPageServer } from '../page-server';
import { SiteCertificate } from './site-certificate';
import { siteGate, type SitePaths } from './site-gate';
import { pageReply, type SiteReply, UNKNOWN_PAGE } from './site-reply';
import { readBody, siteRequest, type SiteRequest } from './site-request';

export interface SiteServerOptions extends SitePaths {
  readonly listen: ListenAddress;
  /** @default - HTTP, on loopback alone, behind a proxy of this machine that ends TLS */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  /** Answers a request. For an unknown path it returns undefined, so all unknown pages look the same. */
  readonly answer: (request: SiteRequest) => Promise<SiteReply | undefined>;
  /** Time limit of a browser to send its request, in milliseconds. @default 10000 */
  readonly patienceMs?: number;
  /** Gets a line for the operator. It has no secret and no path of a request. */
  readonly onProblem: (line: string) => void;
}

/** Time between two looks at the files of the certificate. */
const RELOAD_MS = 1000;

/** The HTTP server of a site whose pages have no scripts. */
export class SiteServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #reload: NodeJS.Timeout | undefined;
  readonly #running = new Set<ServerResponse>();

  private constructor(private readonly options: SiteServerOptions) {
    const { base, tls, patienceMs, onProblem } = options;
    const certificate = tls && new SiteCertificate({ ...tls, base, onProblem });
    const server = createPageServer({
      host: base.host,
      tls: certificate?.pair,
      patienceMs,
      serve: (request, response) => {
        this.#running.add(response);
        response.once('close', () => this.#running.delete(response));
        void this.#serve(request, response);
      },
    });
    this.#server = server;
    if (certificate !== undefined && server instanceof TlsServer) {
      this.#reload = setInterval(() => {
        const pair = certificate.reload();
        if (pair !== undefined) {
          server.setSecureContext({ ...pair, minVersion: 'TLSv1.2' });
        }
      }, RELOAD_MS).unref();
    }
  }

  /** @throws ExplainedError if the port is not available, the certificate cannot be used, or TLS is missing */
  static async listen(options: SiteServerOptions): Promise<SiteServer> {
    const { host, port } = options.listen;
    if (options.tls === undefined && !isLoopback(urlHost(host))) {
      throw new ExplainedError(
        `the site must not listen on ${host} without TLS; give --tls-cert and --tls-key, or listen on 127.0.0.1 behind a proxy that ends TLS`,
      );
    }
    const site = new SiteServer(options);
    await listen(site.#server, host, port).catch(async (error: unknown) => {
      await site[Symbol.asyncDispose]();
      throw portError(`port ${port} on ${host}`, port, errorCode(error), {
        taken: `give another port, such as --listen ${urlHost(host)}:${port + 1}`,
        reserved: 'give a port of 1024 or more by --listen',
        missing: 'give an address of this machine by --listen',
      });
    });
    return site;
  }

  /** Host and port at which the site listens. */
  get address(): string {
    return `${urlHost(this.options.listen.host)}:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Accepts no further request. Answers under way have some time to arrive. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#reload);
    const stopped = new Promise((resolve) => this.#server.close(resolve));
    await this.#answered();
    this.#server.closeAllConnections();
    await stopped;
  }

  async #answered(): Promise<void> {
    const answered = Promise.all([...this.#running].map((response) => once(response, 'close')));
    const late = new AbortController();
    await Promise.race([answered, setTimeout(PATIENCE_MS, undefined, { signal: late.signal })]).finally(() =>
      late.abort(),
    );
  }

  async #serve(request: PageRequest, response: ServerResponse): Promise<void> {
    let reply: PageReply;
    try {
      reply = await this.#reply(request);
    } catch (error) {
      if (request.message.errored) {
        return;
      }
      this.options.onProblem(`a page could not be made: ${describeError(error)}`);
      reply = refusal(500, 'Not available', 'Something went wrong here. Try again later.');
    }
    sendReply(request.message, response, reply);
  }

  async #reply(request: PageRequest): Promise<PageReply> {
    const { base, answer } = this.options;
    const refused = siteGate(request, this.options);
    if (refused !== undefined) {
      return refused;
    }
    const isPost = request.message.method === 'POST';
    const body = isPost ? await readBody(request.message) : undefined;
    if (isPost && body === undefined) {
      return refusal(413, 'Too long', 'The body of the request is too long.');
    }
    const reply = await answer(siteRequest(request, base.pathname, body));
    return reply === undefined ? UNKNOWN_PAGE : pageReply(reply, base);
  }
}
