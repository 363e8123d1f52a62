import { InvalidDeployment } from '../../../../lib/declaration/checks/invalid-deployment';
import { declaredConfiguration, engineWaitMs } from '../../../../lib/declaration/derived/engine-configuration';
import type { EngineTuning } from '../../../../lib/declaration/schema/engine-declaration';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';

function configOf(tuning: Partial<EngineTuning>): Record<string, unknown> {
  return declaredConfiguration(exampleDeployment({ engine: { tuning } }));
}

it('the time that the engine refreshes ahead is expressed as interval times factor', () => {
  expect(configOf({ refreshCheckIntervalSeconds: 60, refreshAheadSeconds: 90 })).toMatchObject({
    tune_refresh_check_interval_seconds: 60,
    tune_refresh_expiry_delta_factor: 1.5,
  });
});

it('the configuration keeps a valid factor if background refresh is off', () => {
  expect(configOf({ refreshCheckIntervalSeconds: 0 })).toMatchObject({ tune_refresh_expiry_delta_factor: 1 });
});

it('the configuration has every field, and the engine never reaps a grant', () => {
  expect(configOf({ providerTimeoutSeconds: 1, providerTimeoutExpiryLeewayFactor: 2 })).toEqual({
    default_server: '',
    tune_provider_timeout_seconds: 1,
    tune_provider_timeout_expiry_leeway_factor: 2,
    tune_refresh_check_interval_seconds: 3600,
    tune_refresh_expiry_delta_factor: 168,
    tune_reap_check_interval_seconds: 0,
    tune_reap_dry_run: false,
    tune_reap_non_refreshable_seconds: 86_400,
    tune_reap_revoked_seconds: 3600,
    tune_reap_transient_error_attempts: 10,
    tune_reap_transient_error_seconds: 86_400,
    tune_reap_server_deleted_seconds: 86_400,
  });
});

it.each([
  [{ refreshAheadSeconds: 10 }, 'refreshAheadSeconds must not be below refreshCheckIntervalSeconds (3600), got 10'],
  [
    { refreshCheckIntervalSeconds: 7776001 },
    'refreshCheckIntervalSeconds must be a whole number from 0 to 7776000, got 7776001',
  ],
  [{ providerTimeoutExpiryLeewayFactor: 0.5 }, 'providerTimeoutExpiryLeewayFactor must be at least 1, got 0.5'],
])('the deployment refuses %j, which the plugin would refuse or misread', (tuning, message) => {
  expect(() => configOf(tuning)).toThrow(InvalidDeployment);
  expect(() => configOf(tuning)).toThrow(message);
});

it.each([
  [12, 1, 24_000],
  [12, 1.5, 36_000],
  [30, 1, 60_000],
  [60, 1, 90_000],
  [0, 1, 90_000],
])('a provider timeout of %d s with factor %d makes a wait of %d ms for the engine', (seconds, factor, waitMs) => {
  const tuning = { providerTimeoutSeconds: seconds, providerTimeoutExpiryLeewayFactor: factor };
  expect(engineWaitMs({ tuning })).toBe(waitMs);
});
