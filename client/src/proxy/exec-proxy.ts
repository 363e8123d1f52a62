import {
  allowFromEnvironment,
  beforeItIsLost,
  ExplainedError,
  parseAllowRule,
  refuseEndedRehearsal,
  refuseUnverifiedTls,
  vaultVariable,
} from '#core';
import type { ExecProxyArguments } from '../command/proxy-arguments';
import { tokenSourceFromEnvironment } from '../token-source-environment';
import { runProxied } from './proxied-command';
import { RequestLog } from './request-log';
import { StopSignal } from './stop-signal';

export interface ExecProxyOutput {
  readonly warn: (warning: string) => void;
  /** Hides a secret in the log of a job. */
  readonly mask: (secret: string) => Promise<void>;
}

const INTERRUPTED =
  'interrupted; Vault has some time to answer, because a hang-up during a refresh can lose the grant (Ctrl-\\ ends this at once)';

/**
 * Runs a command behind a proxy of its own. Without a token, the command does not run.
 *
 * @returns exit code of the command, or of the signal that came before it
 * @throws ExplainedError if there is no identity, no token or no proxy
 */
export async function runBehindProxy(asked: ExecProxyArguments, { warn, mask }: ExecProxyOutput): Promise<number> {
  refuseUnverifiedTls();
  refuseEndedRehearsal();
  refuseVaultToken();
  const { credential, upstream, graceMs, log: file, command, args } = asked;
  const allow = asked.allow?.map(parseAllowRule) ?? allowFromEnvironment();
  using stop = new StopSignal(INTERRUPTED);
  await using tokens = tokenSourceFromEnvironment(credential, { onWarning: warn, closeTimeoutMs: graceMs });
  const app = (): string | undefined => tokens.app;
  await using log = file === undefined ? undefined : await RequestLog.open({ credential, app, file, warn });
  const read = beforeItIsLost(
    () => tokens.token(),
    () => tokens.holdsUnwrapped,
  );
  await Promise.race([stop.received, read]);
  if (stop.exitCode !== undefined) {
    return stop.exitCode;
  }
  // From here on, signals are for the command.
  stop.silence();
  const onRequest = log === undefined ? undefined : log.add.bind(log);
  return await runProxied({ tokens, upstream, allow, onRequest, onKey: mask, command, args });
}

/** A token of a person has no login that the proxy could repeat. @throws ExplainedError */
function refuseVaultToken(): void {
  const identity = ['ROLE_ID', 'SECRET_ID', 'SECRET_ID_FILE', 'WRAPPED_SECRET_ID', 'AUTH_METHOD'];
  if (vaultVariable('TOKEN') !== undefined && identity.every((name) => vaultVariable(name) === undefined)) {
    throw new ExplainedError(
      'a Vault token expires while the command runs, and a proxy logs in again only as an app; set the variables of "webex-token-vault issue", or use exec without --proxy',
    );
  }
}
