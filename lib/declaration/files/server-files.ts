import { accessSync, constants, readFileSync, statSync, type Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ExplainedError, commandLine } from '#core';
import { requirePrivate } from '../../files/require-private';
import { declaringFile } from '../deployment-file';
import { nodeNames, type ProductionServerDeclaration } from '../schema/server/server-declaration';
import { checkTlsFiles } from './tls-files';

/*
 * Files on the Docker host for a production server. They are checked before its start, because the error of a container that
 * does not start is hard to find.
 */

const STATIC_KEY_BYTES = 32;
/** Higher ids belong to user namespaces. There, the ids in a container differ from the host's. */
const FIRST_NAMESPACED_ID = 65_536;

/**
 * @param home start of relative paths
 * @returns warnings, such as a certificate that expires soon
 * @throws ExplainedError if the server would not start with these files, or other users could read its keys
 */
export function checkServerFiles(server: ProductionServerDeclaration, pluginPath: string, home: string): string[] {
  const { tls, seal, environmentFile, user } = server;
  const uid = Number(user.split(':')[0]);
  checkPlugin(resolve(home, pluginPath), uid);
  const warnings = nodeNames(server).flatMap((node) => {
    const folder = resolve(home, tls.folder.replaceAll('{node}', node));
    const [certFile, keyFile] = [resolve(folder, tls.certFile), resolve(folder, tls.keyFile)];
    return inspect(folder, () => {
      if (statSync(folder, { throwIfNoEntry: false }) === undefined) {
        throw new ExplainedError(
          `no certificate for "${node}": there is no folder ${folder}; run "${commandLine('certs', ...nodeNames(server), '--owner', user)}" as root, or set your own folder in vault.server.tls`,
        );
      }
      const hosts = [tls.serverName.replaceAll('{node}', node)];
      const caFile = tls.caFile === null ? undefined : resolve(folder, tls.caFile);
      accessSync(folder, constants.X_OK);
      const found = statSync(keyFile, { throwIfNoEntry: false });
      if (found !== undefined) {
        checkOwner(`the key ${keyFile}`, found, uid, user);
        accessSync(keyFile, constants.R_OK);
      }
      return checkTlsFiles({ certFile, keyFile, caFile, hosts });
    });
  });
  const keyFiles = seal?.type === 'static' ? [seal.currentKeyFile, seal.previousKeyFile] : [];
  for (const keyFile of keyFiles.filter((file) => file !== undefined)) {
    const file = resolve(home, keyFile);
    warnings.push(...inspect(file, () => checkStaticKey(file, uid, user)));
  }
  if (environmentFile !== undefined) {
    const file = resolve(home, environmentFile);
    warnings.push(...inspect(file, () => checkPrivate('the environment file', file, uid, user)));
  }
  return warnings;
}

/** Only root and the server's user can read the server's own files. */
function inspect(path: string, check: () => string[]): string[] {
  try {
    return check();
  } catch (error) {
    if (['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      return [`${path} was not checked, because this user may not read it; the server's log names any problem`];
    }
    throw error;
  }
}

function checkPlugin(file: string, uid: number): void {
  for (const path of [dirname(file), file]) {
    const found = statSync(path);
    if ((found.mode & 0o005) !== 0o005 && found.uid !== uid) {
      throw new ExplainedError(
        `${path} must be readable and executable for the server's uid ${uid}, got mode 0${(found.mode & 0o777).toString(8)}; run chmod 755 ${path}`,
      );
    }
  }
}

function checkStaticKey(file: string, uid: number, user: string): string[] {
  checkPrivate('the static key', file, uid, user);
  const content = readFileSync(file);
  const text = content.toString('latin1');
  const isKey =
    content.length === STATIC_KEY_BYTES ||
    /^[0-9a-f]{64}$/i.test(text) ||
    (/^[A-Za-z0-9+/]{43}=$/.test(text) && Buffer.from(text, 'base64').length === STATIC_KEY_BYTES);
  if (!isKey) {
    const lineEnd = /[\r\n]$/.test(text) ? ' with a line end' : '';
    throw new ExplainedError(
      `the static key ${file} must be ${STATIC_KEY_BYTES} bytes, raw, in hex or in base64, got ${content.length} bytes${lineEnd}; if it seals no data yet, run "openssl rand -out ${file} ${STATIC_KEY_BYTES}"`,
    );
  }
  return [];
}

function checkPrivate(what: string, file: string, uid: number, user: string): string[] {
  const named = `${what} ${file}`;
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isFile() !== true) {
    throw new ExplainedError(
      `${named} must be a file, but there is none; create it, or correct its path in ${declaringFile()}`,
    );
  }
  checkOwner(named, found, uid, user);
  requirePrivate({ path: file, mode: found.mode, what, advice: 'and replace it if others may have read it' });
  accessSync(file, constants.R_OK);
  return [];
}

/** Docker on Linux keeps the owner of a file. On other systems, the container's user owns every file. */
function checkOwner(what: string, found: Stats, uid: number, user: string): void {
  if (process.platform === 'linux' && found.uid !== uid && found.uid < FIRST_NAMESPACED_ID) {
    throw new ExplainedError(
      `${what} must belong to the server's uid ${uid}, which reads it, got uid ${found.uid}; run chown ${user} on it as root, or "${commandLine('certs', '--owner', user)}" for a folder of certificates`,
    );
  }
}
