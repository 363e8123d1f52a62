import { Liveness } from '../../../../lib/health/metrics/liveness';

const HOUR_MS = 3_600_000;
const INTERVAL_MS = 60_000;

let time: number;
let liveness: Liveness;
beforeEach(() => {
  time = 5000;
  liveness = new Liveness(INTERVAL_MS, () => time);
});

it('the process is alive for an interval and an hour before its first look ends', () => {
  time += INTERVAL_MS + HOUR_MS;
  expect(liveness.health).toEqual({ isAlive: true, detail: 'ok' });
  time += 1;
  expect(liveness.health).toEqual({ isAlive: false, detail: 'stuck: no look has ended for 3660 s' });
});

it('the end of a look begins the time anew', () => {
  time += 2 * HOUR_MS;
  liveness.lookEnded();
  expect(liveness.health.isAlive).toBe(true);
  time += INTERVAL_MS + HOUR_MS;
  expect(liveness.health.isAlive).toBe(true);
});

it('a long interval between two looks is no sign of a stuck one', () => {
  const daily = new Liveness(24 * HOUR_MS, () => time);
  time += 24 * HOUR_MS;
  expect(daily.health.isAlive).toBe(true);
});
