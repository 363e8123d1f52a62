import { ExplainedError, commandLine, quotedList } from '#core';
import type { Deployment } from '../../declaration/schema/deployment';
import { PRODUCTS, type ServerProgram } from '../../processes/server-program';
import type { ServerHealth } from '../../vault/vault-client';
import { storedGrant, type KeptGrant } from './stored-grant';
import { withSnapshot, type ThrowAwayOptions } from './throw-away-server';

export type VerifiedCredential = KeptGrant & { readonly name: string };

/** Looks for the grant of each declared credential in a snapshot. No token leaves this function. */
export async function verifyCredentials(
  { engine, credentials, vault }: Deployment,
  options: ThrowAwayOptions,
): Promise<VerifiedCredential[]> {
  return withSnapshot(options, async (storage) => {
    const mountStorage = await storage.mountStorage(engine.mountPath, engine.plugin.name, vault.namespace);
    const found: VerifiedCredential[] = [];
    for (const { name } of credentials) {
      options.signal?.throwIfAborted();
      found.push({ name, ...(await storedGrant(storage, mountStorage, name)) });
    }
    return found;
  });
}

export function describeCredential(credential: VerifiedCredential): string {
  const { name } = credential;
  if (credential.state !== 'present') {
    return credential.state === 'absent' ? `${name}: absent` : `${name}: damaged: ${credential.problem}`;
  }
  const { hasRefreshToken, issueTime, expireTime, isRefused } = credential;
  return [
    `${name}: present, ${hasRefreshToken ? 'with' : 'without'} a refresh token`,
    ...(issueTime === undefined ? [] : [`issued at ${issueTime.toISOString()}`]),
    ...(expireTime === undefined ? [] : [`expires at ${expireTime.toISOString()}`]),
    ...(isRefused ? ['its last refresh was refused when the backup was made'] : []),
  ].join(', ');
}

export function credentialJson(credential: VerifiedCredential): Record<string, unknown> {
  if (credential.state !== 'present') {
    return { ...credential };
  }
  const { name, state, hasRefreshToken, issueTime, expireTime, isRefused } = credential;
  return {
    name,
    state,
    has_refresh_token: hasRefreshToken,
    issue_time: issueTime?.toISOString() ?? null,
    expire_time: expireTime?.toISOString() ?? null,
    is_refused: isRefused,
  };
}

/** @param allowAbsent credentials that nobody has authorized yet @throws ExplainedError if grants are missing or damaged */
export function refuseMissing(
  file: string,
  credentials: readonly VerifiedCredential[],
  allowAbsent: readonly string[],
): void {
  const named = (wanted: string): string[] =>
    credentials.filter(({ state }) => state === wanted).map(({ name }) => name);
  const damaged = named('damaged');
  const absent = named('absent').filter((name) => !allowAbsent.includes(name));
  if (damaged.length > 0) {
    throw new ExplainedError(
      `${file} has a damaged grant of ${quotedList(damaged)}, so do not rely on it; make another backup, and if the grant is damaged there too, authorize each again: ${commandLine('authorize')}`,
    );
  }
  if (absent.length > 0) {
    throw new ExplainedError(
      `${file} has no grant of ${quotedList(absent)}; use a newer backup, or if nobody has authorized it yet, add --allow-absent ${absent.join(' ')}`,
    );
  }
}

export interface SnapshotOrigin {
  readonly product: ServerHealth['product'];
  /** @default - the server is declared, and was not asked */
  readonly version?: string;
}

/** @throws ExplainedError if the program is another product, or too old for a snapshot of that server */
export function refuseOtherProgram({ command, product, version }: ServerProgram, server: SnapshotOrigin): void {
  const serverProduct = PRODUCTS[server.product];
  if (product !== serverProduct) {
    const origin =
      server.version === undefined
        ? `vault.server declares ${serverProduct}`
        : `the snapshot is of ${serverProduct} ${server.version}`;
    throw new ExplainedError(
      `"${command}" is ${product} ${version}, and ${origin}; name a program of that product with --program`,
    );
  }
  if (server.version !== undefined && isOlder(version, server.version)) {
    throw new ExplainedError(
      `"${command}" is ${product} ${version}, older than the server (${server.version}), and perhaps cannot read its snapshots; install that version, or name it with --program`,
    );
  }
}

function isOlder(version: string, other: string): boolean {
  const [ours, theirs] = [version, other].map((each) => each.split(/[.+-]/).slice(0, 3).map(Number));
  const index = (theirs ?? []).findIndex((number, at) => number !== ours?.[at]);
  return index >= 0 && (ours?.[index] ?? 0) < (theirs?.[index] ?? 0);
}
