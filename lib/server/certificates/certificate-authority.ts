// Imported first: @peculiar/x509 needs it while it loads.
import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { createPrivateKey, X509Certificate as NodeCertificate, webcrypto } from 'node:crypto';
import { ExplainedError } from '#core';

cryptoProvider.set(webcrypto as unknown as Crypto);

const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' } as const;

const DAY_MS = 24 * 3600 * 1000;

/** Clocks of servers and clients differ a little, and a new certificate must be valid on all of them. */
const BACKDATE_MS = 5 * 60 * 1000;

export interface IssuedCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export interface CertificateOptions {
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  /** Limited to the end of the CA. @default 397 (browsers and Apple's systems accept at most 398) */
  readonly lifetimeDays?: number;
  /** @default - now */
  readonly now?: Date;
}

/** A small private CA for the servers of one deployment: EC P-256, one level. */
export class CertificateAuthority {
  readonly certificatePem: string;
  readonly #certificate: X509Certificate;
  readonly #key: CryptoKey;
  readonly #privateKeyPem: string;

  private constructor(certificate: X509Certificate, key: CryptoKey, privateKeyPem: string) {
    this.certificatePem = pem(certificate);
    this.#certificate = certificate;
    this.#key = key;
    this.#privateKeyPem = privateKeyPem;
  }

  /** @param options.lifetimeDays @default 3650 (10 years) */
  static async create(
    options: Pick<Partial<CertificateOptions>, 'commonName' | 'lifetimeDays' | 'now'> = {},
  ): Promise<CertificateAuthority> {
    const { commonName = 'webex-token-vault CA', lifetimeDays = 3650, now = new Date() } = options;
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: [{ CN: [commonName] }],
      ...validity(now, lifetimeDays),
      keys,
      signingAlgorithm: SIGNATURE_ALGORITHM,
      extensions: [
        // No CA below this one.
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new CertificateAuthority(certificate, keys.privateKey, await exportKey(keys.privateKey));
  }

  /** @throws ExplainedError unless the two are a CA and its key, and the CA is valid now */
  static async load(
    { certificatePem, privateKeyPem }: IssuedCertificate,
    now = new Date(),
  ): Promise<CertificateAuthority> {
    const advice =
      'restore both from your backup, or move them away to start a new CA that all clients must then trust';
    let found: NodeCertificate;
    let matches: boolean;
    try {
      found = new NodeCertificate(certificatePem);
      matches = found.checkPrivateKey(createPrivateKey(privateKeyPem));
    } catch {
      throw new ExplainedError(`the CA must be a PEM certificate and its PEM key, got something else; ${advice}`);
    }
    if (!found.ca) {
      throw new ExplainedError(`the CA must be a certificate that may sign others, got one that may not; ${advice}`);
    }
    if (!matches) {
      throw new ExplainedError(
        `the key of the CA must belong to its certificate, got the key of another one; ${advice}`,
      );
    }
    const certificate = new X509Certificate(certificatePem);
    if (now < certificate.notBefore || now > certificate.notAfter) {
      throw new ExplainedError(
        `the CA must be valid now, got one that is valid from ${day(certificate.notBefore)} to ${day(certificate.notAfter)}; move it away and run this again. All clients must then trust the new CA`,
      );
    }
    const pkcs8 = PemConverter.decodeFirst(privateKeyPem);
    const key = await webcrypto.subtle.importKey('pkcs8', pkcs8, KEY_ALGORITHM, true, ['sign']);
    return new CertificateAuthority(certificate, key, privateKeyPem);
  }

  /** A method, so that `console.log` of this object does not show the key. */
  privateKeyPem(): string {
    return this.#privateKeyPem;
  }

  /** A certificate for a server of the cluster. It is also one for clients, because nodes call each other. */
  async issue(options: CertificateOptions): Promise<IssuedCertificate> {
    const { commonName, dnsNames, ipAddresses, lifetimeDays = 397, now = new Date() } = options;
    const keys = await newKeys();
    const { notBefore, notAfter } = validity(now, lifetimeDays);
    const certificate = await X509CertificateGenerator.create({
      subject: [{ CN: [commonName] }],
      issuer: this.#certificate.subjectName,
      notBefore,
      notAfter: notAfter < this.#certificate.notAfter ? notAfter : this.#certificate.notAfter,
      publicKey: keys.publicKey,
      signingKey: this.#key,
      signingAlgorithm: SIGNATURE_ALGORITHM,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
        new SubjectAlternativeNameExtension([
          ...dnsNames.map((value) => ({ type: 'dns' as const, value })),
          ...ipAddresses.map((value) => ({ type: 'ip' as const, value })),
        ]),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
        await AuthorityKeyIdentifierExtension.create(this.#certificate.publicKey),
      ],
    });
    return { certificatePem: pem(certificate), privateKeyPem: await exportKey(keys.privateKey) };
  }
}

/** Host names and IP addresses of a certificate; IPv6 in its short form. */
export function subjectAlternativeNames(certificatePem: string): string[] {
  const names = new X509Certificate(certificatePem).getExtension(SubjectAlternativeNameExtension)?.names.toJSON() ?? [];
  return names
    .filter(({ type }) => type === 'dns' || type === 'ip')
    .map(({ type, value }) =>
      type === 'ip' && value.includes(':') ? new URL(`http://[${value}]`).hostname.slice(1, -1) : value,
    );
}

async function newKeys(): Promise<CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
}

async function exportKey(key: CryptoKey): Promise<string> {
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', key);
  return `${PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`;
}

function validity(now: Date, lifetimeDays: number): { notBefore: Date; notAfter: Date } {
  return {
    notBefore: new Date(now.getTime() - BACKDATE_MS),
    notAfter: new Date(now.getTime() + lifetimeDays * DAY_MS),
  };
}

function pem(certificate: X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
