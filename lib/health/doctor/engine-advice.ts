import { z } from 'zod';
import { ourCommand } from '#core';
import type { Deployment } from '../../declaration/schema/deployment';
import type { EngineLine } from '../report';
import { advice, type Advice } from './examination';

const configuration = z.object({
  tune_provider_timeout_seconds: z.number(),
  tune_provider_timeout_expiry_leeway_factor: z.number(),
  tune_refresh_check_interval_seconds: z.number(),
  tune_refresh_expiry_delta_factor: z.number(),
  tune_reap_check_interval_seconds: z.number(),
});

/** Settings that differ from the declaration, and declared settings that fit badly. */
export function engineAdvice(line: EngineLine, { engine }: Deployment): Advice[] {
  return [...differences(line, engine), ...poorSettings(engine)];
}

function differences({ configuration: found }: EngineLine, engine: Deployment['engine']): Advice[] {
  if (found === undefined) {
    return [];
  }
  const data = configuration.parse(found);
  const interval = data.tune_refresh_check_interval_seconds;
  const pairs: readonly (readonly [string, number, number])[] = [
    ['providerTimeoutSeconds', data.tune_provider_timeout_seconds, engine.providerTimeoutSeconds],
    [
      'providerTimeoutExpiryLeewayFactor',
      data.tune_provider_timeout_expiry_leeway_factor,
      engine.providerTimeoutExpiryLeewayFactor,
    ],
    ['refreshCheckIntervalSeconds', interval, engine.refreshCheckIntervalSeconds],
    ...(engine.refreshCheckIntervalSeconds > 0
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
  return pairs
    .filter(([, runs, declared]) => runs !== declared)
    .map(([name, runs, declared]) =>
      advice(
        `the engine runs with another engine.${name} than is declared: ${runs}, not ${declared}`,
        ourCommand('deploy', 'webex-tokens'),
      ),
    );
}

function poorSettings(engine: Deployment['engine']): Advice[] {
  return [
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
    ...(engine.refreshCheckIntervalSeconds > 0
      ? []
      : [
          advice(
            'engine.refreshCheckIntervalSeconds is 0: a token is refreshed only once it has ended and somebody reads it, so an outage of Webex is one of all apps',
            'declare 3600',
          ),
        ]),
  ];
}
