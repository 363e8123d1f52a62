import { deployCommand } from '../../declaration/deploy-command';
import type { Deployment } from '../../declaration/schema/deployment';
import type { EngineTuning } from '../../declaration/schema/engine-declaration';
import type { EngineLine } from '../report';
import { advice, type Advice } from './examination';

/** Settings that differ from the declaration, and declared settings with a risk. */
export function engineAdvice(line: EngineLine, { engine }: Deployment): Advice[] {
  return [...differences(line, engine.tuning), ...poorSettings(engine.tuning)];
}

function differences({ configuration }: EngineLine, tuning: EngineTuning): Advice[] {
  if (configuration === undefined) {
    return [];
  }
  const interval = configuration.tune_refresh_check_interval_seconds;
  const ahead = Math.round(interval * configuration.tune_refresh_expiry_delta_factor);
  const running = {
    providerTimeoutSeconds: configuration.tune_provider_timeout_seconds,
    providerTimeoutExpiryLeewayFactor: configuration.tune_provider_timeout_expiry_leeway_factor,
    refreshCheckIntervalSeconds: interval,
    ...(tuning.refreshCheckIntervalSeconds > 0 ? { refreshAheadSeconds: ahead } : {}),
  };
  return (Object.entries(running) as [keyof EngineTuning, number][])
    .filter(([name, value]) => value !== tuning[name])
    .map(([name, value]) =>
      advice(`engine.tuning.${name} is ${value} in the engine, and ${tuning[name]} is declared`, deployCommand()),
    );
}

function poorSettings(tuning: EngineTuning): Advice[] {
  return [
    ...(tuning.providerTimeoutSeconds === 0
      ? [
          advice(
            'engine.tuning.providerTimeoutSeconds is 0: if Webex hangs, a read that has to refresh its token waits until Vault ends it',
            'declare a timeout, for example 12',
          ),
        ]
      : []),
    ...(tuning.refreshCheckIntervalSeconds > 0
      ? []
      : [
          advice(
            'engine.tuning.refreshCheckIntervalSeconds is 0: a token is refreshed only by a read after it has expired, so an outage of Webex stops all apps',
            'declare 3600',
          ),
        ]),
  ];
}
