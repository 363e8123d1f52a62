import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { errorCode, ExplainedError, quotedList } from 'webex-token-client/core';

/*
 * The certificate and the key that a server is given, looked at before it is started: what is wrong with them is said
 * here in one line, not by a server that does not come up.
 */

const DAY_MS = 24 * 3600 * 1000;
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

export interface TlsFiles {
  /** The server's certificate first, then those between it and the CA. PEM. */
  readonly certFile: string;
  /** Private key of the first certificate, not encrypted. PEM. */
  readonly keyFile: string;
  /** The CA that clients trust. PEM. @default - not looked at, as for a public CA */
  readonly caFile?: string;
  /** Host names and IP addresses that the server is called by. @default - not looked at */
  readonly hosts?: readonly string[];
}

export interface TlsFilesOptions {
  /** Warn where less than this is left. @default 30 */
  readonly expiresSoonDays?: number;
  /** Whether a file may be a symbolic link; false where somebody else could have put it there. @default true */
  readonly followLinks?: boolean;
  /** @default - now */
  readonly now?: Date;
}

/**
 * @returns warnings, such as a certificate that ends soon
 * @throws ExplainedError where a server with these files would not start, or no client would trust it
 */
export function checkTlsFiles(files: TlsFiles, options: TlsFilesOptions = {}): string[] {
  const { certFile, keyFile, caFile, hosts = [] } = files;
  const { expiresSoonDays = 30, followLinks = true, now = new Date() } = options;
  const chain = readCertificates('certificate', certFile, followLinks);
  const [certificate] = chain;
  const key = readKey(keyFile, followLinks);
  if (!certificate.checkPrivateKey(key)) {
    throw new ExplainedError(
      `the key ${keyFile} does not belong to the certificate ${certFile}; give the two that were made together`,
    );
  }
  checkValidity(certFile, certificate, now);
  checkHosts(certFile, certificate, hosts);
  if (caFile !== undefined) {
    checkIssuer(certFile, chain, caFile, readCertificates('CA', caFile, followLinks));
  }
  const daysLeft = Math.floor((notAfter(certificate).getTime() - now.getTime()) / DAY_MS);
  return daysLeft < expiresSoonDays
    ? [`the certificate ${certFile} ends in ${daysLeft} days, on ${day(notAfter(certificate))}; renew it before that`]
    : [];
}

/** @throws ExplainedError */
function readCertificates(what: string, file: string, followLinks: boolean): [X509Certificate, ...X509Certificate[]] {
  const { text } = readText(what, file, followLinks);
  let certificates: X509Certificate[];
  try {
    certificates = (text.match(PEM_CERTIFICATE) ?? []).map((found) => new X509Certificate(found));
  } catch {
    throw new ExplainedError(`the ${what} ${file} has a PEM certificate in it that cannot be read; copy it again`);
  }
  const [first, ...others] = certificates;
  if (first === undefined) {
    const got = text.includes('PRIVATE KEY') ? 'a private key' : 'none';
    throw new ExplainedError(
      `the ${what} ${file} must hold a PEM certificate, got ${got}; give the certificate's own file`,
    );
  }
  return [first, ...others];
}

/** @throws ExplainedError */
function readKey(file: string, followLinks: boolean): KeyObject {
  const { text, mode } = readText('key', file, followLinks);
  if ((mode & 0o077) !== 0) {
    throw new ExplainedError(
      `the key ${file} must be its owner's alone, got mode 0${mode.toString(8)}, so others on this machine can use it; run chmod 600 ${file}, and make a new key if you do not know them all`,
    );
  }
  if (/ENCRYPTED/.test(text)) {
    throw new ExplainedError(
      `the key ${file} is encrypted, and a server has nobody to ask for its passphrase; give it without one, mode 0600`,
    );
  }
  try {
    return createPrivateKey(text);
  } catch {
    const got = text.includes('BEGIN CERTIFICATE') ? 'a certificate' : 'something else';
    throw new ExplainedError(`the key ${file} must hold a PEM private key, got ${got}; give the key's own file`);
  }
}

function readText(what: string, file: string, followLinks: boolean): { text: string; mode: number } {
  let descriptor: number | undefined;
  try {
    // Without O_NONBLOCK a named pipe would keep this waiting.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | (followLinks ? 0 : constants.O_NOFOLLOW));
    return { text: readFileSync(descriptor, 'utf8'), mode: fstatSync(descriptor).mode & 0o777 };
  } catch (error) {
    throw new ExplainedError(
      `the ${what} ${file} cannot be read (${errorCode(error)}); check the path, or run "npx webex-token-vault certs"`,
    );
  } finally {
    if (descriptor !== undefined) {
      closeSync(descriptor);
    }
  }
}

function checkValidity(file: string, certificate: X509Certificate, now: Date): void {
  if (now > notAfter(certificate)) {
    throw new ExplainedError(
      `the certificate ${file} expired on ${day(notAfter(certificate))}; renew it, with "npx webex-token-vault certs --renew" where it is from there`,
    );
  }
  const notBefore = new Date(certificate.validFrom);
  if (now < notBefore) {
    throw new ExplainedError(
      `the certificate ${file} is valid only from ${notBefore.toISOString()}, and it is ${now.toISOString()} here; wait, or set this machine's clock`,
    );
  }
}

function checkHosts(file: string, certificate: X509Certificate, hosts: readonly string[]): void {
  const missing = hosts.filter(
    (host) => (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) === undefined,
  );
  if (missing.length > 0) {
    const names = certificate.subjectAltName ?? 'no name at all';
    throw new ExplainedError(
      `the certificate ${file} is not for ${quotedList(missing)}, only for ${names}; issue one that names each of them`,
    );
  }
}

function checkIssuer(
  file: string,
  chain: readonly X509Certificate[],
  caFile: string,
  cas: readonly X509Certificate[],
): void {
  const issuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
    certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  // As far as the chain holds together: what comes after a gap helps no client.
  const gap = chain.findIndex((certificate, index) => {
    const next = chain[index + 1];
    return next === undefined || !issuedBy(certificate, next);
  });
  const trusted = chain.slice(0, gap + 1).some((certificate) => cas.some((ca) => issuedBy(certificate, ca)));
  if (!trusted) {
    throw new ExplainedError(
      `the certificate ${file} is not from the CA ${caFile}, so no client that trusts that CA would trust it; give the CA that signed it, and those between them in ${file}`,
    );
  }
}

function notAfter(certificate: X509Certificate): Date {
  return new Date(certificate.validTo);
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
