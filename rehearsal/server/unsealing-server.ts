import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { SealDeclaration } from '../../lib/declaration/schema/server/seal-declaration';
import {
  caCertificateFile,
  prepareCertificates,
  serverTlsFiles,
} from '../../lib/server/certificates/certificate-folder';
import { VaultClient } from '../../lib/vault/vault-client';
import { findOauthappPlugin } from './oauthapp-plugin';
import { OpenBaoServer } from './openbao';
import { findServer } from './server-binary';

const KEY_NAME = 'unseal';

/** A second server whose transit engine opens production servers, as Vault knows no static seal. */
export class UnsealingServer implements AsyncDisposable {
  private constructor(
    private readonly server: OpenBaoServer,
    readonly seal: SealDeclaration,
  ) {}

  /** @param folder that holds its certificates */
  static async start(folder: string): Promise<UnsealingServer> {
    await mkdir(folder, { mode: 0o700 });
    const tls = join(folder, 'tls');
    await prepareCertificates({ folder: tls, servers: ['unsealing'] });
    const server = await OpenBaoServer.start({
      binary: await findServer(),
      pluginDirectory: dirname(await findOauthappPlugin()),
      tls: serverTlsFiles(tls, 'unsealing'),
    });
    const root = new VaultClient({ address: server.address, token: server.rootToken });
    await root.write('sys/mounts/transit', { type: 'transit' });
    await root.write(`transit/keys/${KEY_NAME}`, {});
    const address = server.tlsAddress ?? '';
    const tlsCaCert = caCertificateFile(tls);
    return new UnsealingServer(server, {
      type: 'transit',
      address,
      keyName: KEY_NAME,
      mountPath: 'transit/',
      tlsCaCert,
    });
  }

  /**
   * The configuration of a server that it opens, with the token that such a server has in its environment otherwise.
   *
   * @param json as the construct emits it
   */
  withToken(json: string): Record<string, unknown> {
    const { seal, ...others } = z
      .looseObject({ seal: z.tuple([z.object({ transit: z.record(z.string(), z.unknown()) })]) })
      .parse(JSON.parse(json));
    return { ...others, seal: [{ transit: { ...seal[0].transit, token: this.server.rootToken } }] };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.server.stop();
  }
}
