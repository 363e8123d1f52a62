import { type AllowRule, runChildCommand } from '#core';
import type { TokenSource } from '../token-source';
import { commandEnvironment } from './command-environment';
import { newRunKey } from './run-key';
import { type ServedRequest, WebexProxy } from './webex-proxy';

export interface ProxiedCommand {
  /** Source of the access tokens. The caller disposes of it afterwards. */
  readonly tokens: Pick<TokenSource, 'token' | 'reject'>;
  /** @default "https://webexapis.com" */
  readonly upstream?: string;
  /** Requests that are allowed. Without rules, all are. */
  readonly allow: readonly AllowRule[];
  /** Called after the end of each request. @default - not reported */
  readonly onRequest?: (request: ServedRequest) => void;
  /** Called with the key of the run before the command starts, so that a log can hide it. */
  readonly onKey: (key: string) => Promise<void>;
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * Runs a command that calls Webex through a proxy of its own, on a free port of loopback. The command holds the key of the
 * proxy and no token. The proxy and the key end with the command, and with them the requests of processes that outlive it.
 *
 * @returns exit code of the command, as a shell reports it
 * @throws ExplainedError if the proxy cannot start
 */
export async function runProxied({ command, args, onKey, ...settings }: ProxiedCommand): Promise<number> {
  const key = newRunKey();
  await using proxy = await WebexProxy.listen({ ...settings, key, listen: '127.0.0.1:0', closeTimeoutMs: 0 });
  await onKey(key);
  return await runChildCommand(command, args, commandEnvironment({ origin: proxy.origin, key }, process.env));
}
