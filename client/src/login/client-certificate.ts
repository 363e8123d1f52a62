import { setTimeout as sleep } from 'node:timers/promises';
import { ExplainedError, type ClientCertificate, readSetting } from '#core';

export interface ClientCertificateFiles {
  /** PEM file of the certificate, with the intermediate CAs up to the declared one. */
  readonly certFile: string;
  /** PEM file of the private key, without a passphrase. */
  readonly keyFile: string;
}

/** A certificate with its key and expiry. */
export interface ReadCertificate extends ClientCertificate {
  readonly expireTime: Date;
}

/** Wait for the replacement of both files, which is not atomic. */
const REPLACING_MS = 250;

/** @throws ExplainedError with the file, unless the files are a certificate and its key */
export async function readClientCertificate(files: ClientCertificateFiles): Promise<ReadCertificate> {
  return (await readPair(files)) ?? (await sleep(REPLACING_MS).then(() => readPair(files))) ?? refuseMismatch(files);
}

/** @returns undefined if the key belongs to another certificate */
async function readPair({ certFile, keyFile }: ClientCertificateFiles): Promise<ReadCertificate | undefined> {
  const { createPrivateKey, X509Certificate } = await import('node:crypto');
  const certPem = readSetting('VAULT_CLIENT_CERT', certFile);
  const keyPem = readSetting('VAULT_CLIENT_KEY', keyFile);
  const certificate = parsed(
    () => new X509Certificate(certPem),
    `VAULT_CLIENT_CERT names ${certFile}, which holds no PEM certificate; give the app's, which begins with -----BEGIN CERTIFICATE-----`,
  );
  const key = parsed(
    () => createPrivateKey(keyPem),
    `VAULT_CLIENT_KEY names ${keyFile}, which holds no PEM key that can be used without a passphrase; give the one that belongs to the certificate`,
  );
  return certificate.checkPrivateKey(key) ? { certPem, keyPem, expireTime: new Date(certificate.validTo) } : undefined;
}

/** Node's message is left out, because it may quote a key. */
function parsed<T>(parse: () => T, problem: string): T {
  try {
    return parse();
  } catch {
    throw new ExplainedError(problem);
  }
}

function refuseMismatch({ certFile, keyFile }: ClientCertificateFiles): never {
  throw new ExplainedError(
    `the key in ${keyFile} (VAULT_CLIENT_KEY) is not that of the certificate in ${certFile} (VAULT_CLIENT_CERT); give the two that belong together`,
  );
}
