import { ExplainedError } from '../explained-error';
import { type ClientCertificate, type HttpAnswer, type HttpRequest, HttpTransport } from '../http/http-transport';
import { isFields, parseJson, textsOf } from '../http/json';
import { leaderTarget, vaultUrl, withoutCredentials } from './vault-url';
import { NetworkError } from '../http/network-error';
import { refusePlainHttp } from '../http/tls-requirement';
import { retryAfterMs } from '../http/retry';
import { HIDDEN } from '../safe-text';
import { notVault, VaultResponseError, VaultUnreachableError } from './vault-errors';

export interface VaultConnectionOptions {
  /** Address of the server, such as `https://vault.example.com:8200`, perhaps with the path of a proxy. */
  readonly address: string;
  /** Vault token. @default - none: {@link VaultConnection.withToken} sets it */
  readonly token?: string;
  /** Allow plain HTTP to another machine, as in a service mesh that encrypts. @default false */
  readonly allowHttp?: boolean;
  /** Vault namespace. @default - the root namespace */
  readonly namespace?: string;
  /** PEM of the CA that signed the server's certificate. @default - the system's CAs */
  readonly ca?: string;
  /** Client certificate, shown if the server asks for one. @default - none */
  readonly certificate?: ClientCertificate;
  /**
   * Longest wait for the head of one answer, in milliseconds. It must not be below the duration of a refresh, because a
   * reader who hangs up during a refresh loses a grant whose refresh token rotates. @default 100000
   */
  readonly timeoutMs?: number;
  /** Ends each request that has no signal of its own. @default - none */
  readonly signal?: AbortSignal;
}

export interface VaultRequestOptions {
  /** Added to those of the connection. @default - none */
  readonly headers?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly body?: HttpRequest['body'];
  /** Ends the request. @default - that of the connection */
  readonly signal?: AbortSignal;
  /** Longest wait for the head of the answer. @default - that of the connection */
  readonly timeoutMs?: number;
}

/** Vault and OpenBao themselves end a request after 90 s, unless `default_max_request_duration` says otherwise. */
const ANSWER_TIMEOUT_MS = 100_000;

/** The limit is short, because the token expires anyway. */
const LOGOUT_TIMEOUT_MS = 5000;

/** Shorter tokens may be words, such as `root` of a development server. */
const SHORTEST_SECRET = 8;

/** No error of Vault is longer. */
const MAX_ERROR_BYTES = 64 * 1024;

/**
 * A connection to Vault or OpenBao under one identity. The token goes to that server only, or to the leader if a standby node
 * redirects there.
 */
export class VaultConnection {
  /** Address for messages, without user and password. */
  readonly address: string;
  readonly #options: VaultConnectionOptions;
  readonly #transport: HttpTransport;

  /**
   * @param transport @default - a new one, with CA and certificate of the options
   * @throws ExplainedError if the token or namespace cannot be sent, or would be sent to another machine unencrypted
   */
  constructor(options: VaultConnectionOptions, transport = new HttpTransport(options)) {
    requireSendable('token', options.token);
    requireSendable('namespace', options.namespace);
    this.#options = options;
    this.#transport = transport;
    this.address = withoutCredentials(options.address).replace(/\/+$/, '');
    this.#refusePlainHttp(this.address);
  }

  /** Returns a connection to the same server with another token, or without one. */
  withToken(token: string | undefined): VaultConnection {
    return new VaultConnection({ ...this.#options, token }, this.#transport);
  }

  /** Returns a connection to the same server with this certificate and without a token. The caller closes it. */
  withCertificate(certificate: ClientCertificate): VaultConnection {
    return new VaultConnection({ ...this.#options, token: undefined, certificate });
  }

  /**
   * Reads a path, and returns the parsed reply.
   *
   * @param parse throws if the reply is not from Vault
   * @throws VaultResponseError, VaultUnreachableError, ExplainedError
   */
  async read<T>(path: string, parse: (reply: unknown) => T): Promise<T> {
    return this.json('GET', path, parse);
  }

  /** Writes to a path, and returns the parsed reply. Throws the errors of {@link read}. */
  async write<T>(path: string, data: object, parse: (reply: unknown) => T): Promise<T> {
    return this.json('PUT', path, parse, { body: JSON.stringify(data) });
  }

  /** Deletes a path. Throws the errors of {@link read}. */
  async delete(path: string): Promise<void> {
    await this.json('DELETE', path, () => undefined);
  }

  /** Sends a request with any method, and returns the parsed reply. An empty reply is `undefined`. */
  async json<T>(
    method: string,
    path: string,
    parse: (reply: unknown) => T,
    options: VaultRequestOptions = {},
  ): Promise<T> {
    const headers = { ...options.headers, ...(options.body === undefined ? {} : JSON_BODY) };
    const { body } = await this.send(method, path, { ...options, headers });
    const text = await this.#reached(body.text());
    try {
      return parse(text === '' ? undefined : JSON.parse(text));
    } catch {
      throw notVault(this.address, method, path);
    }
  }

  /**
   * Sends a request, and returns a successful answer.
   *
   * @throws VaultResponseError for any other answer, VaultUnreachableError, ExplainedError, or the signal's reason
   */
  async send(method: string, path: string, options: VaultRequestOptions = {}): Promise<HttpAnswer> {
    const url = vaultUrl(this.#options.address, path);
    const answer = await this.#sendTo(method, url, options);
    const { location } = answer.headers;
    if (location === undefined || answer.status < 300 || answer.status > 399) {
      return this.#accepted(answer, method, path);
    }
    answer.body.cancel();
    const redirect = { status: answer.status, location, address: this.address, path, url };
    const leader = await leaderTarget(redirect, () => this.#askLeader(options.signal));
    this.#refusePlainHttp(leader.origin);
    return this.#accepted(await this.#sendTo(method, leader, options, leader.origin), method, path);
  }

  /**
   * Revokes the token within some seconds, even if the signal of the connection has aborted.
   *
   * @throws as {@link read}
   */
  async revokeToken(): Promise<void> {
    const request = { body: '{}', timeoutMs: LOGOUT_TIMEOUT_MS, signal: new AbortController().signal };
    await this.json('PUT', 'auth/token/revoke-self', () => undefined, request);
  }

  /** Removes the token of this connection from the text of a server, which may quote the request. */
  hideToken(text: string): string {
    const { token = '' } = this.#options;
    return token.length < SHORTEST_SECRET ? text : text.replaceAll(token, HIDDEN);
  }

  /** Closes idle connections. */
  close(): Promise<void> {
    return this.#transport.close();
  }

  #refusePlainHttp(address: string): void {
    if (this.#options.allowHttp !== true) {
      refusePlainHttp(address);
    }
  }

  async #sendTo(method: string, url: URL, options: VaultRequestOptions, address = this.address): Promise<HttpAnswer> {
    const { token, namespace } = this.#options;
    const { headers, body, signal = this.#options.signal } = options;
    const timeoutMs = options.timeoutMs ?? this.#options.timeoutMs ?? ANSWER_TIMEOUT_MS;
    return this.#reached(
      this.#transport.send({
        method,
        url,
        headers: {
          'x-vault-request': 'true',
          ...(token === undefined || token === '' ? {} : { 'x-vault-token': token }),
          ...(namespace === undefined || namespace === '' ? {} : { 'x-vault-namespace': namespace }),
          ...headers,
        },
        body,
        headersTimeoutMs: timeoutMs,
        signal,
      }),
      address,
    );
  }

  async #askLeader(signal: AbortSignal | undefined): Promise<unknown> {
    const asNobody = this.withToken(undefined).withoutNamespace();
    const { body } = await asNobody.#sendTo('GET', vaultUrl(this.#options.address, 'sys/leader'), { signal });
    return parseJson(await this.#reached(body.beginning(MAX_ERROR_BYTES)));
  }

  /** Returns a connection to the same server, with the same token, in the root namespace. */
  withoutNamespace(): VaultConnection {
    return new VaultConnection({ ...this.#options, namespace: undefined }, this.#transport);
  }

  async #accepted(answer: HttpAnswer, method: string, path: string): Promise<HttpAnswer> {
    if (answer.status >= 200 && answer.status < 300) {
      return answer;
    }
    const text = await this.#reached(answer.body.beginning(MAX_ERROR_BYTES));
    if (text.includes('HTTP request to an HTTPS server')) {
      throw new ExplainedError(
        `${this.address} was asked in plain HTTP, and that server speaks TLS only; use https in VAULT_ADDR`,
      );
    }
    const reply = parseJson(text);
    if (!isFields(reply) && answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
      // A load balancer reports an outage of Vault, but makes no refusal of Vault's.
      throw notVault(this.address, method, path);
    }
    const { errors, warnings } = isFields(reply) ? reply : {};
    const wait = retryAfterMs(answer.headers['retry-after']);
    const [said, warned] = [errors, warnings].map((list) => textsOf(list).map((each) => this.hideToken(each)));
    throw new VaultResponseError(method, path, answer.status, said ?? [], warned, wait);
  }

  async #reached<T>(work: Promise<T>, address = this.address): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw error instanceof NetworkError ? new VaultUnreachableError(address, error.code) : error;
    }
  }
}

/** A header carries printable ASCII only. */
function requireSendable(name: string, value = ''): void {
  if (/[^\x20-\x7e]/.test(value)) {
    throw new ExplainedError(
      `the Vault ${name} has a character that no header can carry, such as a line break at its end; set it again without that`,
    );
  }
}

const JSON_BODY = { 'content-type': 'application/json' };
