import type { DeploymentInput } from '../../../../lib/declaration/schema/deployment';
import { declaredConfiguration } from '../../../../lib/declaration/derived/engine-configuration';
import { engineAdvice } from '../../../../lib/health/doctor/engine-advice';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';
import { report } from '../../../fixtures/results/report';

type Tuning = NonNullable<DeploymentInput['engine']>['tuning'];

/** @returns each advice and the command or setting that follows it */
function adviceOf(tuning: Tuning, changes: Record<string, number> = {}): (readonly [string, string?])[] {
  const deployment = exampleDeployment({ engine: { tuning } });
  const configuration = { ...declaredConfiguration(deployment), ...changes };
  const line = { ...report().engine, configuration };
  return engineAdvice(line, deployment).map(({ detail, next }) => [detail, next]);
}

it('the doctor has no advice on an engine that runs as declared', () => {
  expect(adviceOf({ refreshCheckIntervalSeconds: 1800, refreshAheadSeconds: 86_400 })).toEqual([]);
  expect(engineAdvice(report().engine, exampleDeployment())).toEqual([]);
});

it.each([
  ['providerTimeoutSeconds', 'tune_provider_timeout_seconds', 99, 'is 99 in the engine, and 12 is declared'],
  [
    'providerTimeoutExpiryLeewayFactor',
    'tune_provider_timeout_expiry_leeway_factor',
    3,
    'is 3 in the engine, and 1 is declared',
  ],
  ['refreshAheadSeconds', 'tune_refresh_expiry_delta_factor', 2, 'is 7200 in the engine, and 604800 is declared'],
])('the doctor advises a deploy if the engine has another %s', (name, field, value, difference) => {
  expect(adviceOf({}, { [field]: value })).toEqual([
    [`engine.tuning.${name} ${difference}`, 'npx --no-install webex-token-vault deploy webex-tokens'],
  ]);
});

it('the doctor advises against settings that let an outage reach apps', () => {
  expect(adviceOf({ providerTimeoutSeconds: 0, refreshCheckIntervalSeconds: 0 })).toEqual([
    [expect.stringMatching(/^engine\.tuning\.providerTimeoutSeconds is 0: /), 'declare a timeout, for example 12'],
    [expect.stringMatching(/^engine\.tuning\.refreshCheckIntervalSeconds is 0: /), 'declare 3600'],
  ]);
});
