import { X509Certificate, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { ExplainedError, commandLine, quotedList } from '#core';

const DAY_MS = 24 * 3600 * 1000;
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** Certificates in one file, or in one key of a Secret: the server's own, followed by the intermediate certificates. */
export class CertificateChain {
  private constructor(
    private readonly place: string,
    private readonly certificates: readonly [X509Certificate, ...X509Certificate[]],
  ) {}

  /**
   * @param what "certificate" or "CA", for messages
   * @param place for messages, such as the path
   * @throws ExplainedError unless each certificate can be read
   */
  static parse(what: string, place: string, text: string): CertificateChain {
    let certificates: X509Certificate[];
    try {
      certificates = (text.match(PEM_CERTIFICATE) ?? []).map((found) => new X509Certificate(found));
    } catch {
      throw new ExplainedError(`the ${what} ${place} has a PEM certificate that cannot be read; copy it again`);
    }
    const [first, ...others] = certificates;
    if (first === undefined) {
      const got = text.includes('PRIVATE KEY') ? 'a private key' : 'none';
      throw new ExplainedError(
        `the ${what} ${place} must hold a PEM certificate, got ${got}; use the file of the certificate`,
      );
    }
    return new CertificateChain(place, [first, ...others]);
  }

  belongsTo(key: KeyObject): boolean {
    return this.#shown.checkPrivateKey(key);
  }

  /** @throws ExplainedError if the certificate has expired or is not valid yet */
  checkValidity(now: Date): void {
    if (now > this.#notAfter) {
      throw new ExplainedError(
        `the certificate ${this.place} expired on ${day(this.#notAfter)}; renew it, by "${commandLine('certs', '--renew')}" if "certs" made it`,
      );
    }
    const notBefore = new Date(this.#shown.validFrom);
    if (now < notBefore) {
      throw new ExplainedError(
        `the certificate ${this.place} is not valid before ${notBefore.toISOString()}, and this machine's clock shows ${now.toISOString()}; wait, or set the clock`,
      );
    }
  }

  /** @param hosts host names and IP addresses @throws ExplainedError if the certificate does not name all of them */
  checkHosts(hosts: readonly string[]): void {
    const certificate = this.#shown;
    const missing = hosts.filter(
      (host) => (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) === undefined,
    );
    if (missing.length > 0) {
      const names = certificate.subjectAltName ?? 'no name at all';
      throw new ExplainedError(
        `the certificate ${this.place} does not name ${quotedList(missing)}, only ${names}; issue a certificate that names all of them`,
      );
    }
  }

  /** @throws ExplainedError if no CA signed the certificate or one of its intermediate certificates */
  checkIssuer(cas: CertificateChain): void {
    // Clients ignore certificates after a gap in the chain.
    const gap = this.certificates.findIndex((certificate, index) => {
      const next = this.certificates[index + 1];
      return next === undefined || !isIssuedBy(certificate, next);
    });
    const shown = this.certificates.slice(0, gap + 1);
    if (!shown.some((certificate) => cas.certificates.some((ca) => isIssuedBy(certificate, ca)))) {
      throw new ExplainedError(
        `the certificate ${this.place} is not from the CA ${cas.place}, so its clients would not trust it; use the right CA, or add the intermediate certificates to ${this.place}`,
      );
    }
  }

  /** @returns a warning if the certificate expires within so many days */
  warnings(expiresSoonDays: number, now: Date): string[] {
    const daysLeft = Math.floor((this.#notAfter.getTime() - now.getTime()) / DAY_MS);
    return daysLeft < expiresSoonDays
      ? [`the certificate ${this.place} expires in ${daysLeft} days, on ${day(this.#notAfter)}; renew it before then`]
      : [];
  }

  get #shown(): X509Certificate {
    return this.certificates[0];
  }

  get #notAfter(): Date {
    return new Date(this.#shown.validTo);
  }
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
