import { engineWaitMs } from '../../../../lib/declaration/derived/engine-wait';

describe('the wait for an answer of the engine', () => {
  it.each([
    [12, 1, 24_000],
    [12, 1.5, 36_000],
    [30, 1, 60_000],
    [60, 1, 90_000],
    [0, 1, 90_000],
  ])(
    'the wait for the engine with a provider timeout of %d s and factor %d is %d ms',
    (providerTimeoutSeconds, factor, waitMs) => {
      expect(engineWaitMs({ tuning: { providerTimeoutSeconds, providerTimeoutExpiryLeewayFactor: factor } })).toBe(
        waitMs,
      );
    },
  );
});
