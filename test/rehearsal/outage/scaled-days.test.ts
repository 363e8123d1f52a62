import { OURS, PLUGIN_DEFAULTS, ScaledDays, simulatedConfiguration } from '../../../rehearsal/outage/scaled-days';

const days = new ScaledDays(3000);

test('an access token lives 14 scaled days, plus the 10 s by which the engine expires it early', () => {
  expect(days.lives()).toEqual({ accessTokenTtlSeconds: 14 * 3 + 10, refreshTokenTtlSeconds: 90 * 3 });
  expect(days.lives(20).refreshTokenTtlSeconds).toBe(60);
});

test('our settings refresh 7 days ahead and never reap', () => {
  expect(simulatedConfiguration(days.settings(OURS))).toMatchObject({
    tune_refresh_check_interval_seconds: 1,
    tune_refresh_expiry_delta_factor: 7 * 3 + 10,
    tune_reap_check_interval_seconds: 0,
    tune_provider_timeout_seconds: 12,
  });
});

test("the plugin's defaults refresh at expiry and reap as early as possible", () => {
  expect(simulatedConfiguration(days.settings(PLUGIN_DEFAULTS))).toMatchObject({
    tune_refresh_check_interval_seconds: 1,
    // The product is just more than a check interval, as 72 s is just more than 60 s.
    tune_refresh_expiry_delta_factor: 10 + 2,
    tune_reap_check_interval_seconds: 1,
    tune_reap_transient_error_seconds: 1,
    tune_reap_revoked_seconds: 1,
    tune_reap_transient_error_attempts: 10,
  });
});

test('a longer day keeps the intervals that fit into it', () => {
  const long = new ScaledDays(60_000).settings(PLUGIN_DEFAULTS);
  // A scaled day minus 10 s.
  expect(long.reaping.reap_transient_error).toBe(50);
  expect(new ScaledDays(60_000).settings(OURS).refreshCheckIntervalSeconds).toBe(3);
});
