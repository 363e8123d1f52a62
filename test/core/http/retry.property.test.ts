import fc from 'fast-check';
import { LONGEST_TIMER_MS } from '../../../core/src/duration';
import { retryAfterMs } from '../../../core/src/http/retry';
import { property } from '../../fixtures/arbitrary/property';

property(
  'a timer supports the wait for any Retry-After',
  fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.stringMatching(/^\d{1,400}$/),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  ),
  (header) => {
    const wait = retryAfterMs(header) ?? 0;
    expect(wait).toBeGreaterThanOrEqual(0);
    expect(wait).toBeLessThanOrEqual(LONGEST_TIMER_MS);
  },
);
