import { deployCommand } from '../../declaration/deploy-command';
import type { Deployment } from '../../declaration/schema/deployment';
import type { EngineTuning } from '../../declaration/schema/engine-declaration';
import type { EngineLine } from '../report';
import { advice, type Advice } from './examination';

/** Settings that differ from the declaration, and declared settings that fit badly. */
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
      advice(
        `the engine runs with another engine.tuning.${name} than is declared: ${value}, not ${tuning[name]}`,
        deployCommand(),
      ),
    );
}

function poorSettings(tuning: EngineTuning): Advice[] {
  return [
    ...(tuning.providerTimeoutSeconds === 0
      ? [
          advice(
            'engine.tuning.providerTimeoutSeconds is 0: where Webex hangs, reads of a credential that is due wait until Vault ends them',
            'declare some seconds, like 12',
          ),
        ]
      : []),
    ...(tuning.refreshCheckIntervalSeconds > 0
      ? []
      : [
          advice(
            'engine.tuning.refreshCheckIntervalSeconds is 0: a token is refreshed only once it has ended and somebody reads it, so an outage of Webex is one of all apps',
            'declare 3600',
          ),
        ]),
  ];
}
