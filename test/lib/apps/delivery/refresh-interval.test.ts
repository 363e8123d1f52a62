import {
  checkedInterval,
  leastLifeSeconds,
  refreshIntervalSeconds,
} from '../../../../lib/apps/delivery/refresh-interval';
import { goDuration } from '../../../../lib/apps/delivery/refresh-interval';

const DAY = 24 * 3600;
const engine = (refreshAheadSeconds: number, refreshCheckIntervalSeconds: number) => ({
  tuning: { refreshAheadSeconds, refreshCheckIntervalSeconds },
});

it.each([
  ['the defaults: 7 days ahead, looked at each hour', engine(7 * DAY, 3600), 3600],
  ['an hour at most, however long the tokens live', engine(365 * DAY, 1), 3600],
  ['just long enough for an hour', engine(5 * 3600, 3600), 3600],
  ['a second less than that', engine(5 * 3600 - 1, 3600), 3540],
  ['refreshed half an hour ahead', engine(1800, 600), 300],
  ['four minutes of life', engine(480, 240), 60],
  ['a minute at least', engine(240, 60), 60],
  ['refreshed only just in time', engine(3600, 3600), 60],
  ['never refreshed ahead', engine(7 * DAY, 0), 60],
])('the refresh interval fits %s', (_, settings, expected) => {
  expect(refreshIntervalSeconds(settings)).toBe(expected);
});

it("the refresh interval is at most a quarter of a token's life, if that allows a minute", () => {
  for (let ahead = 241; ahead < 40_000; ahead += 97) {
    for (const check of [1, 60, 600, 3600].filter((each) => ahead - each >= 240)) {
      const settings = engine(ahead, check);
      expect(refreshIntervalSeconds(settings) * 4).toBeLessThanOrEqual(leastLifeSeconds(settings));
      expect(refreshIntervalSeconds(settings)).toBeLessThan(ahead / 2);
    }
  }
});

it('a requested interval is accepted if each copy lives until its successor arrives', () => {
  expect(checkedInterval(engine(7 * DAY, 3600), 6 * 3600)).toBe(6 * 3600);
  expect(checkedInterval(engine(7 * DAY, 3600))).toBe(3600);
  expect(() => checkedInterval(engine(7200, 3600), 3600)).toThrow(
    '--refresh-interval must be below 3600s (engine.tuning.refreshAheadSeconds less refreshCheckIntervalSeconds), got 3600s: a copy could expire before the next one arrives; use 900s',
  );
  expect(() => checkedInterval(engine(7 * DAY, 0), 61)).toThrow('use 60s');
  expect(checkedInterval(engine(7 * DAY, 0), 60)).toBe(60);
});

it.each([
  [3600, '1h'],
  [7200, '2h'],
  [900, '15m'],
  [60, '1m'],
  [90, '90s'],
])('a duration of %i seconds is %s in Go', (seconds, text) => {
  expect(goDuration(seconds)).toBe(text);
});
