import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { errorCode, ExplainedError } from '#core';
import { writeAtomically, type FileOwner } from '../../files/atomic-file';
import { CertificateAuthority, subjectAlternativeNames } from './certificate-authority';
import { createPrivateFolder } from '../../files/private-file';
import { requirePrivate } from '../../files/require-private';
import { chownNoFollow, ownerNoFollow, readNoFollow } from '../../files/no-follow-file';
import { isHostName } from '../../declaration/schema/host-name';
import { checkTlsFiles } from '../../declaration/files/tls-files';

/*
 * The private CA and its certificates as files. Each server has a folder to mount, because a file that is mounted alone would
 * stay the old one after a renewal.
 *
 *     ca/ca.pem, ca/ca-key.pem                           the CA; its key never leaves this folder
 *     <server>/server.pem, server-key.pem, ca.pem        files of one server
 */

const CA = 'ca';
const RENEW_BEFORE_DAYS = 30;
/** Part of an incomplete folder's name. A folder that a crash left is not taken for that of a server. */
const PARTIAL = '.partial-';

export interface CertificateFolderOptions {
  readonly folder: string;
  /** Names of the servers, which are also host names of their certificates. @default - the existing servers */
  readonly servers?: readonly string[];
  /** Host names of all certificates, besides `localhost`. @default - none */
  readonly dnsNames?: readonly string[];
  /** IP addresses of all certificates, besides 127.0.0.1 and ::1. @default - none */
  readonly ipAddresses?: readonly string[];
  /** Further host names and IP addresses of one server, by its name. @default - none */
  readonly hosts?: Readonly<Record<string, readonly string[]>>;
  /** @default 397 */
  readonly lifetimeDays?: number;
  /** @default 3650 (10 years) */
  readonly caLifetimeDays?: number;
  /** Issues all server certificates again, with new keys. The CA stays. @default false */
  readonly renew?: boolean;
  /** User of the servers; needs root. @default - the present owner, or the user of this process */
  readonly owner?: FileOwner;
  /** @default - now */
  readonly now?: Date;
  /** Stops the work between two servers. @default - none */
  readonly signal?: AbortSignal;
}

export interface CertificateReport {
  readonly name: string;
  readonly action: 'created' | 'renewed' | 'kept';
  readonly certFile: string;
  readonly expires: Date;
}

/** File of the CA's certificate, for VAULT_CACERT of clients. */
export function caCertificateFile(folder: string): string {
  return join(folder, CA, 'ca.pem');
}

export function serverTlsFiles(parent: string, server: string) {
  const folder = join(parent, server);
  const [certFile, keyFile, caFile] = [
    join(folder, 'server.pem'),
    join(folder, 'server-key.pem'),
    join(folder, 'ca.pem'),
  ];
  return { folder, certFile, keyFile, caFile };
}

type ServerFiles = ReturnType<typeof serverTlsFiles>;

export async function certifiedServers(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return names.filter((name) => name !== CA && isHostName(name) && !name.includes(PARTIAL)).sort();
}

/**
 * Issues missing certificates, and renews those that are damaged, lack a name or expire soon. A renewed certificate keeps its
 * names. An existing CA is used or refused, never replaced, because all clients trust it.
 */
export async function prepareCertificates(options: CertificateFolderOptions): Promise<CertificateReport[]> {
  checkOptions(options);
  const { folder, servers = await certifiedServers(folder) } = options;
  await createPrivateFolder(folder);
  const { ca, report } = await prepareCa(options);
  const reports = [report];
  for (const server of servers) {
    options.signal?.throwIfAborted();
    reports.push(await prepareServer(ca, server, options));
  }
  return reports;
}

async function prepareCa({ folder, caLifetimeDays, now }: CertificateFolderOptions) {
  const certFile = caCertificateFile(folder);
  const keyFile = join(folder, CA, 'ca-key.pem');
  let action: CertificateReport['action'] = 'kept';
  if ((await ownerNoFollow(join(folder, CA), 'folder')) === undefined) {
    const created = await CertificateAuthority.create({ lifetimeDays: caLifetimeDays, now });
    await createFolder(join(folder, CA), undefined, async (target) => {
      await writeAtomically(join(target, 'ca-key.pem'), created.privateKeyPem());
      await writeAtomically(join(target, 'ca.pem'), created.certificatePem, { mode: 0o644 });
    });
    action = 'created';
  }
  const [certificatePem, privateKeyPem] = await Promise.all([readCaFile(certFile), readCaFile(keyFile)]);
  const { mode } = await stat(keyFile);
  const advice = 'or start a new CA if others may have read it';
  requirePrivate({ path: keyFile, mode, what: "the CA's key", advice });
  const ca = await CertificateAuthority.load({ certificatePem, privateKeyPem }, now);
  const report: CertificateReport = { name: CA, action, certFile, expires: expiry(certificatePem) };
  return { ca, report };
}

async function prepareServer(
  ca: CertificateAuthority,
  server: string,
  options: CertificateFolderOptions,
): Promise<CertificateReport> {
  const { folder, dnsNames = [], ipAddresses = [], lifetimeDays, renew = false, now } = options;
  const files = serverTlsFiles(folder, server);
  const folderOwner = await ownerNoFollow(files.folder, 'folder');
  const there = folderOwner !== undefined;
  const [certificate] = await Promise.all([files.certFile, files.keyFile, files.caFile].map(readNoFollow));
  const named = [...(options.hosts?.[server] ?? []), ...namesIn(certificate)];
  const names = {
    dnsNames: [...new Set([server, 'localhost', ...dnsNames, ...named.filter((name) => isIP(name) === 0)])],
    ipAddresses: [...new Set(['127.0.0.1', '::1', ...ipAddresses, ...named.filter((name) => isIP(name) !== 0)])],
  };
  // A renewal by root without `--owner` must leave the key to the running server.
  const owner = options.owner ?? (process.getuid?.() === 0 ? folderOwner : undefined);
  if (certificate !== undefined && !renew && isGood(files, [...names.dnsNames, ...names.ipAddresses], now)) {
    if (owner !== undefined) {
      await giveFiles(files, owner);
    }
    return { name: server, action: 'kept', certFile: files.certFile, expires: expiry(certificate) };
  }
  const issued = await ca.issue({ commonName: server, ...names, lifetimeDays, now });
  const write = async (target: string): Promise<void> => {
    await writeAtomically(join(target, 'ca.pem'), ca.certificatePem, { mode: 0o644, owner });
    await writeAtomically(join(target, 'server-key.pem'), issued.privateKeyPem, { owner });
    await writeAtomically(join(target, 'server.pem'), issued.certificatePem, { mode: 0o644, owner });
  };
  // An existing folder stays the same folder: a container may have it mounted.
  await (there ? write(files.folder) : createFolder(files.folder, owner, write));
  const action = there ? 'renewed' : 'created';
  return { name: server, action, certFile: files.certFile, expires: expiry(issued.certificatePem) };
}

/** Creates a complete folder or none, and never replaces one that another process created meanwhile. */
async function createFolder(
  folder: string,
  owner: FileOwner | undefined,
  fill: (target: string) => Promise<void>,
): Promise<void> {
  const partial = await mkdtemp(`${folder}${PARTIAL}`);
  try {
    await fill(partial);
    if (owner !== undefined) {
      await chownNoFollow(partial, 'folder', owner);
    }
    await rename(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (['ENOTEMPTY', 'EEXIST'].includes(errorCode(error))) {
      throw new ExplainedError(`another process has just made ${folder}; run this again to use it`);
    }
    throw error;
  }
}

async function giveFiles({ folder, certFile, keyFile, caFile }: ServerFiles, owner: FileOwner): Promise<void> {
  await chownNoFollow(folder, 'folder', owner);
  await Promise.all([certFile, keyFile, caFile].map((file) => chownNoFollow(file, 'file', owner)));
}

function isGood(files: ServerFiles, hosts: readonly string[], now?: Date): boolean {
  try {
    return (
      checkTlsFiles({ ...files, hosts }, { expiresSoonDays: RENEW_BEFORE_DAYS, followLinks: false, now }).length === 0
    );
  } catch (error) {
    if (error instanceof ExplainedError) {
      return false;
    }
    throw error;
  }
}

async function readCaFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ExplainedError(
      `${file} cannot be read (${errorCode(error)}), so this CA cannot sign. Restore the file from your backup, or move the whole folder away to start a new CA, which all clients must then trust`,
    );
  }
}

function namesIn(certificatePem = ''): string[] {
  try {
    return subjectAlternativeNames(certificatePem);
  } catch {
    return [];
  }
}

function expiry(certificatePem: string): Date {
  return new Date(new X509Certificate(certificatePem).validTo);
}

function checkOptions({ servers = [], dnsNames = [], ipAddresses = [], owner }: CertificateFolderOptions): void {
  for (const name of [...servers, ...dnsNames]) {
    if (!isHostName(name)) {
      throw new ExplainedError(`"${name}" must be a host name; give an IP address with --ip`);
    }
  }
  const taken = servers.find((name) => name === CA || name.includes(PARTIAL));
  if (taken !== undefined) {
    const why = taken === CA ? 'the folder of the CA has this name' : 'incomplete folders have such names';
    throw new ExplainedError(`a server must not be called "${taken}", because ${why}; choose another name`);
  }
  const notAnAddress = ipAddresses.find((address) => isIP(address) === 0);
  if (notAnAddress !== undefined) {
    throw new ExplainedError(`"${notAnAddress}" must be an IP address; give a host name with --dns`);
  }
  if (owner !== undefined && process.getuid?.() !== 0 && process.getuid?.() !== owner.uid) {
    throw new ExplainedError(
      `only root can give files to uid ${owner.uid}, and this runs as ${process.getuid?.() ?? 'another user'}; run it as root, or without --owner`,
    );
  }
}
