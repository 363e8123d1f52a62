import { createPrivateKey, type KeyObject } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { errorCode, ExplainedError, commandLine } from '#core';
import { requirePrivate } from '../../files/require-private';
import { CertificateChain } from './certificate-chain';

/*
 * The certificate and the key of a server. They are checked before its start, so a problem is an error of one line.
 */

export interface TlsFiles {
  /** The server's certificate, followed by the intermediate certificates. PEM. */
  readonly certFile: string;
  /** Private key of the server's certificate, not encrypted. PEM. */
  readonly keyFile: string;
  /** The CA that clients trust. PEM. @default - the CA is not checked, as for a public CA */
  readonly caFile?: string;
  /** Host names and IP addresses of the server. @default - the names are not checked */
  readonly hosts?: readonly string[];
}

export interface TlsFilesOptions {
  /** Days before the expiry from which a warning is returned. @default 30 */
  readonly expiresSoonDays?: number;
  /** Files may be symbolic links. False if another user could have created them. @default true */
  readonly followLinks?: boolean;
  /** The group of this process may read a key of root: Kubernetes mounts a Secret so. @default false */
  readonly groupMayRead?: boolean;
  /** Time of the check. @default - now */
  readonly now?: Date;
}

export interface TlsPair {
  /** PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  readonly chain: CertificateChain;
  /** Problems that stop no client yet, such as a certificate that expires soon. */
  readonly warnings: string[];
}

/**
 * @returns warnings, such as a certificate that expires soon
 * @throws ExplainedError if a server with these files would not start, or no client would trust it
 */
export function checkTlsFiles(files: TlsFiles, options: TlsFilesOptions = {}): string[] {
  return readTlsFiles(files, options).warnings;
}

/** Reads the files and checks them. @throws as {@link checkTlsFiles} */
export function readTlsFiles(files: TlsFiles, options: TlsFilesOptions = {}): TlsPair {
  const { certFile, keyFile, caFile, hosts = [] } = files;
  const { expiresSoonDays = 30, followLinks = true, groupMayRead = false, now = new Date() } = options;
  const { text: cert } = readText('certificate', certFile, followLinks);
  const chain = CertificateChain.parse('certificate', certFile, cert);
  const key = readKey(keyFile, followLinks, groupMayRead);
  if (!chain.belongsTo(key.parsed)) {
    throw new ExplainedError(
      `the key ${keyFile} does not belong to the certificate ${certFile}; use the key of that certificate`,
    );
  }
  chain.checkValidity(now);
  chain.checkHosts(hosts);
  if (caFile !== undefined) {
    chain.checkIssuer(CertificateChain.parse('CA', caFile, readText('CA', caFile, followLinks).text));
  }
  return { cert, key: key.text, chain, warnings: chain.warnings(expiresSoonDays, now) };
}

function readKey(file: string, followLinks: boolean, groupMayRead: boolean): { parsed: KeyObject; text: string } {
  const { text, mode, uid } = readText('key', file, followLinks);
  const advice = 'and replace it if others on this machine may have read it';
  requirePrivate({ path: file, mode, uid: groupMayRead ? uid : undefined, what: 'the key', advice });
  if (/ENCRYPTED/.test(text)) {
    throw new ExplainedError(
      `the key ${file} is encrypted, but a server cannot ask for its passphrase; use a key without a passphrase, with mode 0600`,
    );
  }
  try {
    return { parsed: createPrivateKey(text), text };
  } catch {
    const got = text.includes('BEGIN CERTIFICATE') ? 'a certificate' : 'something else';
    throw new ExplainedError(`the key ${file} must hold a PEM private key, got ${got}; use the file of the key`);
  }
}

function readText(what: string, file: string, followLinks: boolean): { text: string; mode: number; uid: number } {
  let descriptor: number | undefined;
  try {
    // Without O_NONBLOCK, this call would wait for a writer of a named pipe.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | (followLinks ? 0 : constants.O_NOFOLLOW));
    const { mode, uid } = fstatSync(descriptor);
    return { text: readFileSync(descriptor, 'utf8'), mode, uid };
  } catch (error) {
    throw new ExplainedError(
      `the ${what} ${file} cannot be read (${errorCode(error)}); check the path, or run "${commandLine('certs')}"`,
    );
  } finally {
    if (descriptor !== undefined) {
      closeSync(descriptor);
    }
  }
}
