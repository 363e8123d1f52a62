import {
  allowFromEnvironment,
  assignments,
  oneLine,
  parseAllowRule,
  refuseEndedRehearsal,
  refuseUnverifiedTls,
  shellWord,
} from '#core';
import type { ProxyArguments } from '../command/proxy-arguments';
import { tokenSourceFromEnvironment } from '../token-source-environment';
import { firstToken } from './first-token';
import { type KeyFile, privateKeyFile, sharedKeyFile } from './key-file';
import { MetricsServer } from './metrics-server';
import { ProxyMetrics } from './proxy-metrics';
import { RequestLog } from './request-log';
import { StopSignal } from './stop-signal';
import { WebexProxy } from './webex-proxy';

export { runBehindProxy } from './exec-proxy';

const ENDING = 'ending; requests have up to 10 s to end, and Vault up to 25 s (Ctrl-\\ ends this at once)';

/**
 * Serves until a signal ends it.
 *
 * @returns exit code
 * @throws ExplainedError if it cannot serve. A passing outage of Vault is a warning, because requests ask Vault again
 */
export async function runProxy(asked: ProxyArguments, warn: (warning: string) => void): Promise<number> {
  refuseUnverifiedTls();
  refuseEndedRehearsal();
  const { credential, socket, listen, upstream } = asked;
  const allow = asked.allow?.map(parseAllowRule) ?? allowFromEnvironment();
  using stop = new StopSignal(ENDING);
  await using tokens = tokenSourceFromEnvironment(credential, { onWarning: warn });
  const app = (): string | undefined => tokens.app;
  await using log = await RequestLog.open({ credential, app, file: asked.log, warn });
  await using keyFile = socket === undefined ? await keyFileOf(asked) : undefined;
  const metrics = new ProxyMetrics();
  const observed = metrics.observed(tokens);
  await using proxy = await WebexProxy.listen({
    tokens: observed,
    key: keyFile?.key,
    upstream,
    allow,
    onRequest: (served) => {
      log.add(served);
      metrics.add(served);
    },
    ...(socket === undefined ? { listen } : { socket }),
  });
  await using metricsServer =
    asked.metrics === undefined
      ? undefined
      : await MetricsServer.listen({
          address: asked.metrics,
          metrics: (isOpen) => metrics.text(proxy.running, { credential }, isOpen),
        });
  await Promise.race([stop.received, firstToken(observed, warn)]);
  if (!stop.isReceived) {
    // Written last, so that an app that waits for the file can work at once.
    await keyFile?.write();
    if (metricsServer !== undefined) {
      metricsServer.isReady = true;
    }
    process.stderr.write(announcement(credential, proxy.origin, keyFile?.path, socket));
    await stop.received;
  }
  return 0;
}

function keyFileOf({ keyFile, sharedKeyFile: shared }: ProxyArguments): Promise<KeyFile> {
  return shared === undefined ? privateKeyFile(keyFile) : sharedKeyFile(shared);
}

/** Tells a person where the proxy is. The key itself stands in its file only. */
function announcement(credential: string, origin: string, keyPath = '', socket?: string): string {
  if (socket !== undefined) {
    const example = `curl --unix-socket ${shellWord(socket)} ${origin}/v1/people/me`;
    return `credential "${oneLine(credential)}" is served at the socket ${oneLine(socket)}; try: ${example}\n`;
  }
  const base = assignments({ WEBEX_BASE_URL: `${origin}/v1/` });
  return [
    `credential "${oneLine(credential)}" is served at ${origin}, with the key in ${oneLine(keyPath)}`,
    `export ${base} WEBEX_ACCESS_TOKEN="$(cat ${shellWord(keyPath)})"`,
    '',
  ].join('\n');
}
