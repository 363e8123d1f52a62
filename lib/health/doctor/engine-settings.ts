import { z } from 'zod';
import { ourCommand } from '#core';
import type { Deployment } from '../../declaration/schema/deployment';
import type { VaultClient } from '../../vault/vault-client';
import type { EngineState, Line } from '../report';
import { advice, type Advice } from './advice';
import { Wrong, type Sound } from './examination';

/*
 * The engine: whether it runs, as it is declared, and whether what is declared fits.
 */

/** @throws Wrong */
export function checkEngine({ name, severity, state, detail, next }: Line<EngineState>): Sound<void> {
  if (severity !== 'healthy') {
    throw new Wrong(`the engine at ${name}/ is ${state}: ${detail}`, next ?? "see the server's log");
  }
  return { detail, found: undefined };
}

const configReply = z.object({
  data: z.object({
    tune_provider_timeout_seconds: z.number(),
    tune_provider_timeout_expiry_leeway_factor: z.number(),
    tune_refresh_check_interval_seconds: z.number(),
    tune_refresh_expiry_delta_factor: z.number(),
    tune_reap_check_interval_seconds: z.number(),
  }),
});

/** What runs otherwise than declared, and what is declared and fits badly. */
export async function engineAdvice(observer: VaultClient, { engine }: Deployment): Promise<Advice[]> {
  const { data } = await observer.read(`${engine.mountPath}/config`, configReply);
  const interval = data.tune_refresh_check_interval_seconds;
  const isChecking = engine.refreshCheckIntervalSeconds > 0;
  const pairs: readonly (readonly [string, number, number])[] = [
    ['providerTimeoutSeconds', data.tune_provider_timeout_seconds, engine.providerTimeoutSeconds],
    [
      'providerTimeoutExpiryLeewayFactor',
      data.tune_provider_timeout_expiry_leeway_factor,
      engine.providerTimeoutExpiryLeewayFactor,
    ],
    ['refreshCheckIntervalSeconds', interval, engine.refreshCheckIntervalSeconds],
    ...(isChecking
      ? ([
          [
            'refreshAheadSeconds',
            Math.round(interval * data.tune_refresh_expiry_delta_factor),
            engine.refreshAheadSeconds,
          ],
        ] as const)
      : []),
    ['reapCheckIntervalSeconds', data.tune_reap_check_interval_seconds, engine.reapCheckIntervalSeconds],
  ];
  return [
    ...pairs
      .filter(([, runs, declared]) => runs !== declared)
      .map(([name, runs, declared]) =>
        advice(
          `the engine runs with another engine.${name} than is declared: ${runs}, not ${declared}`,
          ourCommand('deploy', 'webex-tokens'),
        ),
      ),
    ...(engine.providerTimeoutSeconds === 0
      ? [
          advice(
            'engine.providerTimeoutSeconds is 0: where Webex hangs, reads of a credential that is due wait until Vault ends them',
            'declare some seconds, like 12',
          ),
        ]
      : []),
    ...(engine.reapCheckIntervalSeconds > 0
      ? [
          advice(
            'engine.reapCheckIntervalSeconds is not 0: the engine deletes grants that it holds for dead, also good ones whose client secret Webex refuses, and only a person can give one again',
            'declare 0',
          ),
        ]
      : []),
    ...(isChecking
      ? []
      : [
          advice(
            'engine.refreshCheckIntervalSeconds is 0: a token is refreshed only once it has ended and somebody reads it, so an outage of Webex is one of all apps',
            'declare 3600',
          ),
        ]),
  ];
}
