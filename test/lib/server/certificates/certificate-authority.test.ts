import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, connect, type TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import {
  CertificateAuthority,
  subjectAlternativeNames,
} from '../../../../lib/server/certificates/certificate-authority';

const DAY_MS = 24 * 3600 * 1000;
const NAMES = { commonName: 'node-1', dnsNames: ['node-1', 'localhost'], ipAddresses: ['127.0.0.1', '::1'] };

describe('CertificateAuthority', () => {
  it('the CA is valid for ten years and allows no CA below it', async () => {
    const now = new Date('2026-01-01T00:00:00Z');
    const { certificatePem } = await CertificateAuthority.create({ now });
    const certificate = new X509Certificate(certificatePem);
    expect(certificate.ca).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect(new Date(certificate.validTo).getTime()).toBe(now.getTime() + 3650 * DAY_MS);
  });

  it('the CA issues certificates for servers that are clients of each other', async () => {
    const ca = await CertificateAuthority.create();
    const { certificatePem } = await ca.issue(NAMES);
    const certificate = new X509Certificate(certificatePem);
    expect(certificate.ca).toBe(false);
    expect(certificate.checkIssued(new X509Certificate(ca.certificatePem))).toBe(true);
    expect(certificate.verify(new X509Certificate(ca.certificatePem).publicKey)).toBe(true);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
    expect(subjectAlternativeNames(certificatePem)).toEqual(['node-1', 'localhost', '127.0.0.1', '::1']);
    expect(certificate.checkHost('elsewhere')).toBeUndefined();
  });

  it('the CA gives each certificate its own serial number and key', async () => {
    const ca = await CertificateAuthority.create();
    const certificates = await Promise.all([ca.issue(NAMES), ca.issue(NAMES)]);
    const serials = certificates.map(({ certificatePem }) => new X509Certificate(certificatePem).serialNumber);
    expect(new Set(serials).size).toBe(2);
    expect(new Set(certificates.map(({ privateKeyPem }) => privateKeyPem)).size).toBe(2);
  });

  it('the CA issues no certificate that outlives it', async () => {
    const ca = await CertificateAuthority.create({ lifetimeDays: 10 });
    const { certificatePem } = await ca.issue({ ...NAMES, lifetimeDays: 20 });
    expect(new X509Certificate(certificatePem).validTo).toBe(new X509Certificate(ca.certificatePem).validTo);
  });

  it('a stored CA still signs after it is loaded', async () => {
    const ca = await CertificateAuthority.create();
    const loaded = await CertificateAuthority.load({
      certificatePem: ca.certificatePem,
      privateKeyPem: ca.privateKeyPem(),
    });
    const { certificatePem } = await loaded.issue(NAMES);
    expect(new X509Certificate(certificatePem).verify(new X509Certificate(ca.certificatePem).publicKey)).toBe(true);
  });

  it('both sides of a handshake trust the CA', async () => {
    const ca = await CertificateAuthority.create();
    const { certificatePem: cert, privateKeyPem: key } = await ca.issue(NAMES);
    const tls = { cert, key, ca: ca.certificatePem };
    const server = createServer({ ...tls, requestCert: true, rejectUnauthorized: true }).listen(0, '127.0.0.1');
    try {
      await once(server, 'listening');
      const accepted = once(server, 'secureConnection') as Promise<[TLSSocket]>;
      const socket = connect({ ...tls, host: '127.0.0.1', port: (server.address() as AddressInfo).port });
      await once(socket, 'secureConnect');
      expect(socket.authorized).toBe(true);
      const [peer] = await accepted;
      expect(peer.authorized).toBe(true);
      socket.destroy();
      peer.destroy();
    } finally {
      server.close();
    }
  });

  it('the CA does not show its key', async () => {
    const ca = await CertificateAuthority.create();
    expect(inspect(ca, { depth: 9, showHidden: true }) + JSON.stringify(ca)).not.toContain('PRIVATE KEY');
  });

  it('the loader refuses the key of another CA', async () => {
    const [one, other] = await Promise.all([CertificateAuthority.create(), CertificateAuthority.create()]);
    const mixed = { certificatePem: one.certificatePem, privateKeyPem: other.privateKeyPem() };
    await expect(CertificateAuthority.load(mixed)).rejects.toThrow(
      /^the key of the CA must belong to its certificate, got the key of another one; /,
    );
  });

  it('the loader refuses a certificate that may not sign', async () => {
    const ca = await CertificateAuthority.create();
    await expect(CertificateAuthority.load(await ca.issue(NAMES))).rejects.toThrow(
      /^the CA must be a certificate that may sign others, got one that may not; /,
    );
  });

  it('the loader refuses an expired CA', async () => {
    const ca = await CertificateAuthority.create({ now: new Date('2020-01-01'), lifetimeDays: 30 });
    const stored = { certificatePem: ca.certificatePem, privateKeyPem: ca.privateKeyPem() };
    await expect(CertificateAuthority.load(stored)).rejects.toThrow(
      /^the CA must be valid now, got one that is valid from 2019-12-31 to 2020-01-31; /,
    );
  });

  it('the loader refuses input that is not PEM', async () => {
    await expect(CertificateAuthority.load({ certificatePem: 'a', privateKeyPem: 'b' })).rejects.toThrow(
      /^the CA must be a PEM certificate and its PEM key, got something else; /,
    );
  });
});
