import { ExplainedError } from '../explained-error';
import { fieldsOf, textOf } from './json';
import { vaultUrl } from '../vault/vault-url';

/** An answer that sends elsewhere. */
export interface Redirect {
  readonly status: number;
  readonly location: string;
  /** What was asked, as messages name it, and where. */
  readonly address: string;
  readonly path: string;
  readonly url: URL;
}

/**
 * Where a standby node sends to, if that is the leader: any other place would get the token for the asking.
 *
 * @param askLeader gives the server's reply to `sys/leader`, asked under no identity
 * @throws ExplainedError
 */
export async function leaderTarget(
  { status, location, address, path, url }: Redirect,
  askLeader: () => Promise<unknown>,
): Promise<URL> {
  const target = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
  if (status !== 307 || target === undefined) {
    throw new ExplainedError(
      `${address} answered ${path} with a redirect (${status}) to ${target?.origin ?? 'what is no URL'}; nothing was sent there; check that VAULT_ADDR is a Vault or OpenBao server`,
    );
  }
  const asked = vaultUrl(url.origin, path);
  if (!`${target.pathname}${target.search}`.endsWith(`${asked.pathname}${asked.search}`)) {
    throw new ExplainedError(
      `${address} answered ${path} with a redirect to another place; nothing was sent there; check that VAULT_ADDR is a Vault or OpenBao server`,
    );
  }
  if (target.protocol !== url.protocol) {
    throw new ExplainedError(
      `${address} sends to ${target.origin}, which would not be ${url.protocol.replace(':', '')}; correct api_addr in the server's configuration`,
    );
  }
  const named = leaderIn(await askLeader());
  if (named !== target.origin) {
    throw new ExplainedError(
      `${address} sends to ${target.origin}, but names ${named ?? 'nobody'} as its leader; nothing was sent there; check VAULT_ADDR, and api_addr in the servers' configuration`,
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
