import { createPrivateKey } from 'node:crypto';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CertificateAuthority,
  type IssuedCertificate,
} from '../../../../lib/server/certificates/certificate-authority';
import { checkTlsFiles, type TlsFiles } from '../../../../lib/declaration/files/tls-files';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';

const NAMES = { commonName: 'node-1', dnsNames: ['node-1'], ipAddresses: ['127.0.0.1'] };
const DAY_MS = 24 * 3600 * 1000;

describe('checkTlsFiles', () => {
  let folder: string;
  let ca: CertificateAuthority;
  let issued: IssuedCertificate;

  beforeAll(async () => {
    ca = await CertificateAuthority.create();
    issued = await ca.issue(NAMES);
  });

  beforeEach(() => (folder = temporaryFolder()));

  function files({ certificatePem, privateKeyPem }: Partial<IssuedCertificate> = {}, keyMode = 0o600): TlsFiles {
    const [certFile, keyFile, caFile] = ['server.pem', 'server-key.pem', 'ca.pem'].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    writeFileSync(certFile, certificatePem ?? issued.certificatePem);
    writeFileSync(keyFile, privateKeyPem ?? issued.privateKeyPem);
    chmodSync(keyFile, keyMode);
    writeFileSync(caFile, ca.certificatePem);
    return { certFile, keyFile, caFile, hosts: ['node-1', '127.0.0.1'] };
  }

  function in_(days: number): { now: Date } {
    return { now: new Date(Date.now() + days * DAY_MS) };
  }

  it('the check gives no warning if all files are right', () => {
    expect(checkTlsFiles(files())).toEqual([]);
  });

  it('the check warns about a certificate that expires soon', () => {
    expect(checkTlsFiles(files(), in_(390))).toEqual([
      expect.stringMatching(
        /^the certificate .*server\.pem expires in 6 days, on \d{4}-\d\d-\d\d; renew it before then$/,
      ),
    ]);
    expect(checkTlsFiles(files(), { ...in_(390), expiresSoonDays: 3 })).toEqual([]);
  });

  it('the check refuses a key that belongs to another certificate', async () => {
    const { privateKeyPem } = await ca.issue(NAMES);
    expect(() => checkTlsFiles(files({ privateKeyPem }))).toThrow(
      /^the key .*server-key\.pem does not belong to the certificate .*server\.pem; use the key of that certificate$/,
    );
  });

  it('the check refuses an expired certificate', () => {
    expect(() => checkTlsFiles(files(), in_(398))).toThrow(/^the certificate .* expired on \d{4}-\d\d-\d\d; renew it/);
  });

  it('the check refuses a certificate that is not valid yet', () => {
    expect(() => checkTlsFiles(files(), in_(-1))).toThrow(/^the certificate .* is not valid before .*; wait, or set/);
  });

  it.each([0o640, 0o604, 0o660])('the check refuses a key of mode %o', (mode) => {
    expect(() => checkTlsFiles(files({}, mode))).toThrow(
      new RegExp(
        `^the key .* must be private to its owner, got mode 0${mode.toString(8)}; run chmod 600 .*, and replace it if others`,
      ),
    );
  });

  it("the check refuses a certificate that lacks one of the server's hosts", () => {
    expect(() => checkTlsFiles({ ...files(), hosts: ['node-1', 'node-2', '127.0.0.2'] })).toThrow(
      /^the certificate .* does not name "node-2", "127\.0\.0\.2", only DNS:node-1, IP Address:127\.0\.0\.1; issue a/,
    );
  });

  it('the check refuses a certificate from another CA, even one with the same name', async () => {
    const other = await (await CertificateAuthority.create()).issue(NAMES);
    expect(() => checkTlsFiles(files(other))).toThrow(
      /^the certificate .* is not from the CA .*ca\.pem, so its clients would not trust it/,
    );
  });

  it('the check accepts a chain that ends at the CA, and refuses one with a gap', async () => {
    const whole = files({ certificatePem: issued.certificatePem + ca.certificatePem });
    expect(checkTlsFiles(whole)).toEqual([]);
    const other = await (await CertificateAuthority.create()).issue(NAMES);
    const gap = files({ ...other, certificatePem: other.certificatePem + ca.certificatePem });
    expect(() => checkTlsFiles(gap)).toThrow(/is not from the CA/);
  });

  it('the check refuses swapped files', () => {
    const { certFile, keyFile, ...others } = files();
    chmodSync(certFile, 0o600);
    expect(() => checkTlsFiles({ ...others, certFile: keyFile, keyFile: certFile })).toThrow(
      /must hold a PEM certificate, got a private key; use the file of the certificate$/,
    );
    expect(() => checkTlsFiles({ ...others, certFile, keyFile: certFile })).toThrow(
      /must hold a PEM private key, got a certificate; use the file of the key$/,
    );
  });

  it('the check refuses an encrypted key', () => {
    const privateKeyPem = createPrivateKey(issued.privateKeyPem)
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
      .toString();
    expect(() => checkTlsFiles(files({ privateKeyPem }))).toThrow(/^the key .* is encrypted, but a server cannot ask/);
  });

  it('the check refuses a damaged certificate', () => {
    const certificatePem = issued.certificatePem.replace(/\n..../, '\nAAAA');
    expect(() => checkTlsFiles(files({ certificatePem }))).toThrow(/that cannot be read; copy it again$/);
  });

  it('the check refuses a missing file', () => {
    const { certFile, ...others } = files();
    rmSync(certFile);
    expect(() => checkTlsFiles({ certFile, ...others })).toThrow(
      /^the certificate .*server\.pem cannot be read \(ENOENT\); check the path, or run "npx --no-install webex-token-vault certs"$/,
    );
  });
});
