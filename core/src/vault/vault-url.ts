import { ExplainedError } from '../explained-error';
import { fieldsOf, textOf } from '../http/json';
import { oneLine } from '../safe-text';

/**
 * Returns the URL of a path of Vault's API.
 *
 * @param address address of the server, perhaps with the path of a proxy
 * @throws ExplainedError if the address is not a URL, or the path would become another one, as by `..`
 */
export function vaultUrl(address: string, path: string): URL {
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw new ExplainedError(
      `the address of Vault must be an http or https URL, got "${oneLine(withoutCredentials(address))}"; write it like "https://vault.example:8200"`,
    );
  }
  const root = `${new URL(address).href.replace(/\/+$/, '')}/v1/`;
  const url = new URL(root + path);
  if (url.hash !== '' || !url.href.startsWith(root) || decoded(url.href.slice(root.length)) !== decoded(path)) {
    throw new ExplainedError(
      `the path "${oneLine(path)}" would become another one in a URL, so Vault is not asked for it; give names without "..", "#" and control characters`,
    );
  }
  return url;
}

/** Removes user and password from an address, for messages. */
export function withoutCredentials(address: string): string {
  return address.replace(/^(\w+:\/\/)?[^/]*@/, '$1');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** An answer that redirects. */
export interface Redirect {
  readonly status: number;
  readonly location: string;
  /** The request: address and path for messages, and its URL. */
  readonly address: string;
  readonly path: string;
  readonly url: URL;
}

/**
 * Returns the target of a standby node's redirect, which must be the leader. Any other server could obtain the token by a
 * redirect.
 *
 * @param askLeader requests `sys/leader` from the node without an identity
 * @throws ExplainedError
 */
export async function leaderTarget(
  { status, location, address, path, url }: Redirect,
  askLeader: () => Promise<unknown>,
): Promise<URL> {
  const target = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
  if (status !== 307 || target === undefined) {
    throw new ExplainedError(
      `${address} answered ${path} with a redirect (${status}) to ${target?.origin ?? 'an invalid URL'}; nothing was sent there; check that VAULT_ADDR is a Vault or OpenBao server`,
    );
  }
  const asked = vaultUrl(url.origin, path);
  if (!`${target.pathname}${target.search}`.endsWith(`${asked.pathname}${asked.search}`)) {
    throw new ExplainedError(
      `${address} answered ${path} with a redirect to another path; nothing was sent there; check that VAULT_ADDR is a Vault or OpenBao server`,
    );
  }
  if (target.protocol !== url.protocol) {
    throw new ExplainedError(
      `${address} redirects to ${target.origin}, which is not ${url.protocol.replace(':', '')}; correct api_addr in the server's configuration`,
    );
  }
  const named = leaderIn(await askLeader());
  if (named !== target.origin) {
    throw new ExplainedError(
      `${address} redirects to ${target.origin}, but names ${named ?? 'nobody'} as its leader; nothing was sent there; check VAULT_ADDR, and api_addr in the servers' configuration`,
    );
  }
  return target;
}

function leaderIn(reply: unknown): string | undefined {
  try {
    return new URL(textOf(fieldsOf(reply).leader_address)).origin;
  } catch {
    return undefined;
  }
}
