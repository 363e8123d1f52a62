import { readdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:tls';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { CertificateAuthority } from '../../lib/server/certificates/certificate-authority';
import { serverTlsFiles } from '../../lib/server/certificates/certificate-folder';
import { VaultClient } from '../../lib/vault/vault-client';
import { eventually } from '../../rehearsal/eventually';
import { ProductionNodes } from '../../rehearsal/server/production-nodes';
import { runScript } from '../fixtures/programs/script';

const PROJECT = resolve(__dirname, '../..');

describe('the TLS of a production server', () => {
  let server: ProductionNodes;
  let rootToken: string;

  beforeAll(async () => {
    server = await ProductionNodes.start();
    ({ rootToken } = await server.initialize());
  });

  afterAll(() => server[Symbol.asyncDispose]());

  /** Runs a command that sends its token to the server. */
  function token(env: Record<string, string>) {
    return runScript('webex-token', ['testauth'], { VAULT_ADDR: server.node.address, VAULT_TOKEN: rootToken, ...env });
  }

  it("a client with the server's CA trusts the server", async () => {
    await expect(server.node.client().sealStatus()).resolves.toMatchObject({ initialized: true, sealed: false });
  });

  it('the server knows every configured TLS setting', () => {
    expect(server.node.log).not.toMatch(/unknown or unsupported/);
  });

  it('the server shows its metrics only to a token', async () => {
    const metrics = 'sys/metrics?format=prometheus';
    await expect(server.node.client().read(metrics, z.unknown())).rejects.toMatchObject({ statusCode: 403 });
    const { body } = await server.node.client(rootToken).connection.send('GET', metrics);
    expect(await body.text()).toContain('vault_core_unsealed');
  });

  it('the server refuses plain HTTP, and the client says what to do', async () => {
    const plain = server.node.address.replace('https:', 'http:');
    const response = await fetch(`${plain}/v1/sys/seal-status`);
    expect(response.status).toBe(400);
    await expect(new VaultClient({ address: plain }).sealStatus()).rejects.toThrow(
      `${plain} was asked in plain HTTP, and that server speaks TLS only; use https in VAULT_ADDR`,
    );
  });

  it('a client without the CA refuses the server and names VAULT_CACERT', async () => {
    await expect(new VaultClient({ address: server.node.address }).sealStatus()).rejects.toThrow(/set VAULT_CACERT/);
  });

  it('a client refuses the server if it trusts another CA of the same name', async () => {
    const { certificatePem } = await CertificateAuthority.create();
    const client = new VaultClient({ address: server.node.address, ca: certificatePem });
    await expect(client.sealStatus()).rejects.toThrow(/from a CA that is not trusted here; set VAULT_CACERT/);
  });

  it("the commands verify the server's certificate", async () => {
    // The command gets as far as the request for the credential.
    const { exitCode, stderr } = await token({ VAULT_CACERT: server.caFile });
    expect(stderr).toMatch(/^error: no oauthapp engine is mounted/);
    expect(exitCode).toBe(1);
  });

  it.each(['VAULT_SKIP_VERIFY', 'BAO_SKIP_VERIFY'])(
    'the commands verify the certificate even if %s tells them to skip it',
    async (variable) => {
      const { exitCode, stderr } = await token({ [variable]: '1' });
      expect(stderr).toMatch(/^error: no answer from Vault .* set VAULT_CACERT to that CA$/m);
      expect(exitCode).toBe(1);
    },
  );

  it('the commands refuse to connect if Node is told not to verify', async () => {
    const { exitCode, stderr } = await token({ NODE_TLS_REJECT_UNAUTHORIZED: '0', VAULT_CACERT: server.caFile });
    expect(stderr).toMatch(/^error: NODE_TLS_REJECT_UNAUTHORIZED is 0, .* unset it, and set VAULT_CACERT/m);
    expect(exitCode).toBe(1);
  });

  it('the sources never disable certificate verification', async () => {
    const files = (await readdir(PROJECT, { recursive: true, withFileTypes: true })).filter(
      (entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.parentPath.includes('node_modules'),
    );
    const texts = files
      .filter(({ parentPath }) => !parentPath.startsWith(join(PROJECT, 'test')))
      .map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8'));
    const offenders = (await Promise.all(texts)).filter((text) =>
      /rejectUnauthorized: (?!true)|strictSSL: (?!true)|checkServerIdentity|TLS_REJECT_UNAUTHORIZED\s*=(?!=)|-tls-skip-verify/.test(
        text,
      ),
    );
    expect(texts.length).toBeGreaterThan(20);
    expect(offenders).toEqual([]);
  });

  it('the server accepts no version older than TLS 1.2', async () => {
    const { hostname, port } = new URL(server.node.address);
    const options = { host: hostname, port: Number(port), ca: server.node.ca };
    const negotiated = (version: 'TLSv1.1' | 'TLSv1.2'): Promise<string> =>
      new Promise((resolved, rejected) => {
        // At a higher security level, this client itself would refuse the old version.
        const socket = connect({
          ...options,
          minVersion: version,
          maxVersion: version,
          ciphers: 'DEFAULT:@SECLEVEL=0',
        });
        socket.once('error', rejected);
        socket.once('secureConnect', () => {
          resolved(socket.getProtocol() ?? '');
          socket.destroy();
        });
      });
    await expect(negotiated('TLSv1.2')).resolves.toBe('TLSv1.2');
    await expect(negotiated('TLSv1.1')).rejects.toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' });
  });

  // The last test, because no client can talk to the server afterwards.
  it('a client refuses a certificate for another host', async () => {
    const tls = join(server.folder, 'tls');
    const [certificatePem, privateKeyPem] = await Promise.all(
      ['ca.pem', 'ca-key.pem'].map((name) => readFile(join(tls, 'ca', name), 'utf8')),
    );
    const ca = await CertificateAuthority.load({
      certificatePem: certificatePem ?? '',
      privateKeyPem: privateKeyPem ?? '',
    });
    const names = { commonName: 'elsewhere', dnsNames: ['elsewhere.example'], ipAddresses: ['192.0.2.1'] };
    const elsewhere = await ca.issue(names);
    const { certFile, keyFile } = serverTlsFiles(tls, server.node.configuration.nodeId);
    await writeFile(keyFile, elsewhere.privateKeyPem);
    await writeFile(certFile, elsewhere.certificatePem);
    process.kill(server.node.pid, 'SIGHUP');

    const said = await eventually(() =>
      server.node
        .client()
        .sealStatus()
        .then(
          () => undefined,
          (error: unknown) => error,
        ),
    );
    expect(said).toMatchObject({
      message: expect.stringContaining(
        'its certificate is for another host name; use that name in VAULT_ADDR',
      ) as string,
    });
  });
});
