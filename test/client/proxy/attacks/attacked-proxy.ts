import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { WebexProxy, type ServedRequest } from '../../../../client/src/proxy/webex-proxy';
import { parseAllowRule } from '../../../../core/src/allow-rule';
import { CredentialReading } from '../../../../core/src/vault/credential';
import { statusesIn, WireCaller } from '../../../fixtures/loopback/wire-caller';
import { WireOrigin } from '../../../fixtures/loopback/wire-origin';
import type { WireRequest } from '../../../fixtures/loopback/wire-request';
import { type AttackedRequest, HOST, LENGTH } from '../../../fixtures/wire-attacks/attacked-request';

/** Placeholder for the key of the proxy. */
export const KEY = '<key>';

/** A request that the rules of the proxy refuse, to hide within another one. */
const SMUGGLED = `DELETE /v1/people/victim HTTP/1.1\r\nHost: ${HOST}\r\nAuthorization: Bearer ${KEY}\r\n\r\n`;

/** Allowed requests with the key. */
export const ALLOWED: AttackedRequest = {
  headers: [`Authorization: Bearer ${KEY}`],
  path: '/v1/people/me',
  postPath: '/v1/messages',
  hidden: SMUGGLED,
};

/** Headers that no request of the proxy has. Underscores count as hyphens, as for servers that make variables of names. */
const NEVER_PASSED =
  /^(?:te|trailer|upgrade|keep-alive|cookie|forwarded|proxy-.*|x-forwarded-.*|x-http-method.*|x-method-override|x-original-ur[li]|x-envoy-original-path|x-rewrite-url|x-named|http2-settings|expect)$/;

const FOLLOWER = '/v1/people/follower';

/** A proxy with two rules, before an upstream that reads to the byte. */
export class AttackedProxy implements AsyncDisposable {
  readonly served: ServedRequest[] = [];
  readonly key = randomBytes(32).toString('base64url');
  readonly token = `${randomBytes(48).toString('base64url')}_P0A1_${randomBytes(16).toString('hex')}`;
  #proxy!: WebexProxy;

  private constructor(readonly origin: WireOrigin) {}

  static async start(answer?: (request: WireRequest, socket: Socket, token: string) => string | undefined) {
    const attacked: AttackedProxy = new AttackedProxy(
      await WireOrigin.start(answer && ((request, socket) => answer(request, socket, attacked.token))),
    );
    const data = { server: 'webex-myapp', access_token: attacked.token, type: 'Bearer' };
    const reading = new CredentialReading({ data });
    attacked.#proxy = await WebexProxy.listen({
      tokens: { token: () => Promise.resolve(reading), reject: () => undefined },
      listen: '127.0.0.1:0',
      key: attacked.key,
      upstream: attacked.origin.address,
      allow: ['GET /v1/people/*', 'POST /v1/messages'].map(parseAllowRule),
      onRequest: (served) => attacked.served.push(served),
    });
    return attacked;
  }

  get port(): number {
    return this.#proxy.port ?? 0;
  }

  get running(): number {
    return this.#proxy.running;
  }

  /** Replaces the placeholders. */
  bytes(request: string): string {
    const filled = (text: string) => text.replaceAll(HOST, `127.0.0.1:${this.port}`).replaceAll(KEY, this.key);
    return filled(request).replaceAll(LENGTH, String(filled(SMUGGLED).length));
  }

  /** A good request, after whose answer the proxy closes the connection. */
  get follower(): string {
    const head = [`GET ${FOLLOWER} HTTP/1.1`, `Host: ${HOST}`, `Authorization: Bearer ${KEY}`, 'Connection: close'];
    return this.bytes([...head, '', ''].join('\r\n'));
  }

  /** Sends an attack and a good request on one connection. @returns its answers, its requests at the upstream, and the received bytes */
  async attack(request: string): Promise<{ answer: string; upstream: string; received: string }> {
    const from = this.origin.requests.length;
    const received = await WireCaller.exchange(this.port, this.bytes(request) + this.follower);
    const seen = this.origin.requests.slice(from);
    const [malformed] = this.origin.malformed.splice(0);
    const isFollowed = seen.at(-1)?.target === FOLLOWER;
    const statuses = statusesIn(received).split(' ');
    return {
      answer: (isFollowed ? statuses.slice(0, -1) : statuses).join(' '),
      upstream:
        malformed ??
        (seen
          .slice(0, isFollowed ? -1 : undefined)
          .map((each) => this.#told(each))
          .join(', ') ||
          'nothing'),
      received,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#proxy[Symbol.asyncDispose]();
    await this.origin[Symbol.asyncDispose]();
  }

  /** Method and path, and whatever of the request should not have passed. */
  #told({ method, target, headers }: WireRequest): string {
    const faults = [...headers.keys()].filter((name) => NEVER_PASSED.test(name.replaceAll('_', '-')));
    const texts = [target, ...headers.keys(), ...headers.values()];
    const isForeign =
      headers.get('authorization') !== `Bearer ${this.token}` || headers.get('host') !== this.origin.address.slice(7);
    const wrong = [...faults, ...(isForeign ? ['identity'] : []), ...(texts.join().includes(this.key) ? ['key'] : [])];
    return [method, target, ...(wrong.length > 0 ? ['with', ...wrong] : [])].join(' ');
  }
}
