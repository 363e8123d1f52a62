import { SiteServer, type SiteServerOptions } from '../../../../lib/browser/site/site-server';
import { WireCaller } from '../../../fixtures/loopback/wire-caller';
import { HOST } from '../../../fixtures/wire-attacks/attacked-request';

/** Address of the attacked site, behind a proxy that ends TLS. */
export const BASE = new URL('https://grants.example.com/vault/');

/** A consent site on the wire. */
export class AttackedSite implements AsyncDisposable {
  /** Lines for the operator. */
  readonly lines: string[] = [];

  private constructor(
    private readonly server: SiteServer,
    lines: string[],
  ) {
    this.lines = lines;
  }

  static async start(options: Pick<SiteServerOptions, 'redirectPaths' | 'posts' | 'answer' | 'patienceMs'>) {
    const lines: string[] = [];
    const server = await SiteServer.listen({
      base: BASE,
      listen: { host: '127.0.0.1', port: 0 },
      onProblem: (line) => lines.push(line),
      ...options,
    });
    return new AttackedSite(server, lines);
  }

  get port(): number {
    return Number(this.server.address.split(':')[1]);
  }

  /** Sends bytes on a connection of their own. @returns all that came until the site closed it */
  send(bytes: string): Promise<string> {
    return WireCaller.exchange(this.port, bytes.replaceAll(HOST, BASE.host));
  }

  /** Sends a GET. @param path path of the site, with its query */
  get(path: string, ...headers: string[]): Promise<string> {
    return this.send([`GET ${path} HTTP/1.1`, `Host: ${BASE.host}`, ...headers, '', ''].join('\r\n'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}
