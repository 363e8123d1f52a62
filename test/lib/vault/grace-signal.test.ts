import { graceSignal, readGraceSignal } from '../../../lib/vault/grace-signal';

const ENGINE = { tuning: { providerTimeoutSeconds: 30, providerTimeoutExpiryLeewayFactor: 1 } };

describe('a grace signal', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it.each([
    ['of a request', graceSignal, 5000],
    ['of a read', (signal: AbortSignal) => readGraceSignal(signal, ENGINE), 60_000],
  ] as const)(
    'the grace signal %s aborts one grace period after the signal that it follows',
    (_, following, graceMs) => {
      const stop = new AbortController();
      const later = following(stop.signal);
      stop.abort(new Error('interrupted'));
      jest.advanceTimersByTime(graceMs - 1);
      expect(later?.aborted).toBe(false);
      jest.advanceTimersByTime(1);
      expect(later?.reason).toEqual(new Error('interrupted'));
    },
  );
});
