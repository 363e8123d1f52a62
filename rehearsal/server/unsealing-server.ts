import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { SealDeclaration } from '../../lib/declaration/schema/server/seal-declaration';
import {
  caCertificateFile,
  prepareCertificates,
  serverTlsFiles,
} from '../../lib/server/certificates/certificate-folder';
import { OpenBaoServer } from './openbao';

const KEY_NAME = 'unseal';

/** A second server whose transit engine unseals production servers, because Vault has no static seal. */
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
    const server = await OpenBaoServer.start({ tls: serverTlsFiles(tls, 'unsealing') });
    await server.admin.write('sys/mounts/transit', { type: 'transit' });
    await server.admin.write(`transit/keys/${KEY_NAME}`, {});
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

  /** Adds the transit token, which a real server has in its environment. @param json configuration by the construct */
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
