import { generateKeyPairSync } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import timers from 'node:timers/promises';
import { inspect } from 'node:util';
import { NotDeployed, NotPermitted, TemporarilyUnavailable } from '../../../core/src/vault/credential-errors';
import { CertLogin } from '../../../client/src/login/cert-login';
import { VaultConnection } from '../../../core/src/vault/vault-connection';
import { CertificateAuthority, type IssuedCertificate } from '../../../lib/server/certificates/certificate-authority';
import { eventually } from '../../../rehearsal/eventually';
import { disposedAfterEach } from '../../fixtures/runs/disposal';
import { loginAnswer, refusal, ScriptedVault } from '../../fixtures/loopback/scripted-vault';
import { useVirtualTime } from '../../fixtures/clocks/virtual-time';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

const LOGIN = 'PUT auth/cert/login';

let authority: CertificateAuthority;
let vault: ScriptedVault;
let folder: string;
let files: { certFile: string; keyFile: string };
let server: IssuedCertificate;
let certificate: IssuedCertificate;

useVirtualTime();
const keep = disposedAfterEach();

beforeAll(async () => {
  authority = await CertificateAuthority.create();
  [server, certificate] = await Promise.all([issued('localhost'), issued('app')]);
});
beforeEach(async () => {
  vault = await ScriptedVault.start(server);
  vault.answer('auth/cert/login', loginAnswer('s.login'));
  vault.answer('secret/x', { body: {} });
  folder = temporaryFolder();
  files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  write(certificate);
});
afterEach(() => vault[Symbol.asyncDispose]());

function issued(name: string, options: { now?: Date; lifetimeDays?: number } = {}): Promise<IssuedCertificate> {
  return authority.issue({ commonName: name, dnsNames: [name], ipAddresses: [], ...options });
}

function write({ certificatePem, privateKeyPem }: Partial<IssuedCertificate>): void {
  if (certificatePem !== undefined) {
    writeFileSync(files.certFile, certificatePem);
  }
  if (privateKeyPem !== undefined) {
    writeFileSync(files.keyFile, privateKeyPem);
  }
}

function login(): CertLogin {
  const connection = new VaultConnection({ address: vault.address, ca: authority.certificatePem });
  return keep(new CertLogin(connection, { role: 'people-me', ...files }));
}

const shown = () => vault.exchanges.map((exchange) => exchange.certificate?.trim());

it('the login presents the certificate when it logs in and with its Vault token, and revokes that token when closed', async () => {
  const cert = login();
  await (await cert.vault()).read('secret/x', () => undefined);
  await cert[Symbol.asyncDispose]();
  expect(vault.requests).toEqual([LOGIN, 'GET secret/x', 'PUT auth/token/revoke-self']);
  expect(vault.exchanges[0]?.body).toEqual({ name: 'people-me' });
  expect(shown()).toEqual(Array(3).fill(certificate.certificatePem.trim()));
});

it('the login renews its Vault token under the same certificate and reads the files again at the next login', async () => {
  vault.answer('auth/cert/login', loginAnswer('s.login', 1));
  vault.answer('auth/token/renew-self', loginAnswer('s.login', 1));
  const cert = login();
  await cert.vault();
  const next = await issued('app');
  write(next);
  const before = vault.requests.length;
  jest.advanceTimersByTime(667);
  await eventually(() => vault.requests.length > before || undefined);
  expect(vault.requests.at(-1)).toBe('PUT auth/token/renew-self');
  await cert.logInAgain();
  const again = vault.requests.lastIndexOf(LOGIN);
  expect(shown().slice(0, again)).toEqual(Array(again).fill(certificate.certificatePem.trim()));
  expect(shown()[again]).toBe(next.certificatePem.trim());
});

it('the login waits briefly for the second of two files that are being replaced', async () => {
  const next = await issued('app');
  write({ certificatePem: next.certificatePem });
  const wait = jest.spyOn(timers, 'setTimeout').mockImplementationOnce(() => {
    write({ privateKeyPem: next.privateKeyPem });
    return Promise.resolve();
  });
  await login().vault();
  wait.mockRestore();
  expect(shown()).toEqual([next.certificatePem.trim()]);
});

it('the login does not present a refused certificate again but presents a new one at once', async () => {
  vault.answer('auth/cert/login', refusal(400, 'invalid certificate or no client certificate supplied'));
  const cert = login();
  await expect(cert.vault()).rejects.toThrow(NotPermitted);
  await expect(cert.vault()).rejects.toThrow(NotPermitted);
  expect(vault.count(LOGIN)).toBe(1);
  write(await issued('app'));
  await expect(cert.vault()).rejects.toThrow(NotPermitted);
  expect(vault.count(LOGIN)).toBe(2);
});

it('the login refuses plain HTTP', () => {
  const connection = new VaultConnection({ address: 'http://127.0.0.1:8200' });
  expect(() => new CertLogin(connection, { role: 'people-me', ...files })).toThrow(
    /^a client certificate needs TLS, and Vault at http:\/\/127\.0\.0\.1:8200 is asked in plain HTTP; use https/,
  );
});

describe('an error', () => {
  const key = (options: object) =>
    generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', ...options },
    }).privateKey;

  it.each([
    ['there is no certificate', 'certFile', undefined, /^VAULT_CLIENT_CERT names .*, which cannot be read \(ENOENT\)/],
    ['there is no key', 'keyFile', undefined, /^VAULT_CLIENT_KEY names .*, which cannot be read \(ENOENT\)/],
    [
      'the certificate is none',
      'certFile',
      'hush',
      /^VAULT_CLIENT_CERT names .*, which holds no PEM certificate; give/,
    ],
    ['the key is none', 'keyFile', 'hush', /^VAULT_CLIENT_KEY names .*, which holds no PEM key that can be used/],
    [
      'the key has a passphrase',
      'keyFile',
      key({ cipher: 'aes-256-cbc', passphrase: 'hush' }),
      /^VAULT_CLIENT_KEY names .* no PEM key that can be used without a passphrase; give/,
    ],
    ['the key is another one', 'keyFile', key({}), /^the key in .* is not that of the certificate in .*; give the two/],
  ] as const)('the error explains in one line that %s', async (_, file, content, message) => {
    rmSync(files[file]);
    if (content !== undefined) {
      writeFileSync(files[file], content);
    }
    const failed = login().vault();
    await expect(failed).rejects.toThrow(message);
    await expect(failed).rejects.not.toThrow(/hush|\n/);
    expect(vault.requests).toEqual([]);
  });

  /* The messages are those of OpenBao 2.7.2, copied from its answers. */
  it.each([
    ['it does not reach Vault', refusal(400, 'no client certificate found'), NotPermitted, /a proxy ends TLS or/],
    [
      'its CA, its name or the role is another, as HashiCorp Vault 1.21.4 says',
      refusal(400, 'failed to match all constraints for this login certificate'),
      NotPermitted,
      /its CA, or its DNS name or URI, is not the declared one, or there is no such role\. .*VAULT_ROLE/,
    ],
    [
      'no method is there (404)',
      refusal(404, 'no handler for route'),
      NotDeployed,
      /no auth method is mounted at cert/,
    ],
    ['Vault fails', refusal(500, 'internal error'), TemporarilyUnavailable, /could not log in at auth\/cert/],
  ])('the error explains in one line that %s', async (_, answer, kind, message) => {
    vault.answer('auth/cert/login', answer);
    const failed = login().vault();
    await expect(failed).rejects.toBeInstanceOf(kind);
    await expect(failed).rejects.toThrow(message);
  });
});

it('the private key appears in no inspection of the login or its error', async () => {
  vault.answer('auth/cert/login', refusal(400, 'no'));
  const refused = login();
  const error: unknown = await refused.vault().catch((reason: unknown) => reason);
  const key = certificate.privateKeyPem.split('\n')[1] ?? '';
  expect(key.length).toBeGreaterThan(40);
  expect(inspect([error, refused], { depth: 9, showHidden: true })).not.toContain(key);
});
