import { type Agent, Agent as HttpAgent, type ClientRequest, request as openHttp } from 'node:http';
import { Agent as HttpsAgent, request as openHttps } from 'node:https';
import { isPlainHttp, oneLine, proxyAgent, type ProxiedRequestOptions, proxyFor, UsageError } from '#core';

/** Idle time of a kept connection, shorter than those of servers. */
const IDLE_TIMEOUT_MS = 20_000;

/** Time between the probes that find a dead server behind a silent connection. */
const PROBE_MS = 30_000;

/** The one server that a proxy forwards to, with connections that are kept. */
export class Upstream implements Disposable {
  /** Such as `https://webexapis.com`. */
  readonly origin: string;
  /** Header `Host`. */
  readonly host: string;
  /** Beginnings of URLs at this server, in lower case. */
  readonly spellings: readonly string[];
  readonly #agent: Agent;
  readonly #base: ProxiedRequestOptions & { readonly rejectUnauthorized: true };
  readonly #open: typeof openHttp;

  private constructor(
    url: URL,
    agent: Agent,
    /** Whether a proxy of the network stands before it. */
    readonly isProxied = false,
  ) {
    const { origin, protocol, hostname, host } = url;
    const port = url.port || (protocol === 'https:' ? '443' : '80');
    const withPort = `${hostname}:${port}`;
    this.origin = origin;
    this.host = host;
    this.spellings = [`${protocol}//${withPort}`, `//${withPort}`, origin, `//${host}`];
    this.#agent = agent;
    this.#open = protocol === 'https:' ? openHttps : openHttp;
    // The option overrides NODE_TLS_REJECT_UNAUTHORIZED.
    this.#base = { host: hostname.replace(/^\[|\]$/g, ''), port, agent, rejectUnauthorized: true };
  }

  /** @throws UsageError if it is not an origin, or would get the token unencrypted over a network */
  static async at(origin: string): Promise<Upstream> {
    const url = parseOrigin(origin);
    const settings = { keepAlive: true, keepAliveMsecs: PROBE_MS, timeout: IDLE_TIMEOUT_MS };
    const proxy = await proxyFor(url);
    if (proxy !== undefined) {
      return new Upstream(url, await proxyAgent(url, proxy, settings), true);
    }
    return new Upstream(url, new (url.protocol === 'https:' ? HttpsAgent : HttpAgent)(settings));
  }

  /**
   * Begins a request.
   *
   * @param headers names and values in turn, with `Host`, and with the framing of the body
   */
  request(method: string, path: string, headers: readonly string[]): ClientRequest {
    const connecting: ProxiedRequestOptions['connecting'] = {};
    // Node takes an array of headers as it stands.
    const options: ProxiedRequestOptions = { ...this.#base, connecting, method, path, headers };
    const sent = this.#open(options);
    if (this.isProxied) {
      sent.once('close', () => connecting.end?.());
    }
    return sent;
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

/** A scheme, a host and perhaps a port. */
const ORIGIN = /^https?:\/\/[^/?#@\\]+\/?$/i;

function parseOrigin(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !ORIGIN.test(text)) {
    const advice = 'write it like "https://webexapis.com"';
    throw new UsageError(`an upstream must be an https origin without a path, got "${oneLine(text)}"; ${advice}`);
  }
  if (isPlainHttp(text)) {
    throw new UsageError(`${url.origin} would get the access token unencrypted over the network; use https`);
  }
  return url;
}
