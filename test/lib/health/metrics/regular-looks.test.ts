import { setTimeout as sleep } from 'node:timers/promises';
import { lookRegularly } from '../../../../lib/health/metrics/regular-looks';
import type { Report } from '../../../../lib/health/report';
import { useSleepClock } from '../../../fixtures/clocks/sleep-clock';

useSleepClock();

const report = {} as Report;

it('the loop takes one look at a time, even if a look takes longer than the interval', async () => {
  const end = new AbortController();
  let underWay = 0;
  let most = 0;
  let ended = 0;
  const look = async (): Promise<Report> => {
    most = Math.max(most, ++underWay);
    await sleep(20);
    underWay--;
    return report;
  };
  const onLook = (): void => {
    if (++ended === 5) {
      end.abort();
    }
  };
  await lookRegularly({ intervalMs: 1, look, onLook }, end.signal);
  expect({ most, ended }).toEqual({ most: 1, ended: 5 });
});

it('the loop begins the next look one interval after the last one began', async () => {
  const end = new AbortController();
  const begins: number[] = [];
  const look = async (): Promise<Report> => {
    begins.push(performance.now());
    await sleep(30);
    return report;
  };
  const onLook = (): void => {
    if (begins.length === 2) {
      end.abort();
    }
  };
  await lookRegularly({ intervalMs: 100, look, onLook }, end.signal);
  expect((begins[1] ?? 0) - (begins[0] ?? 0)).toBe(100);
});

it('the loop reports a failed look and goes on', async () => {
  const end = new AbortController();
  const seen: unknown[] = [];
  const look = (): Promise<Report> => (seen.length === 0 ? Promise.reject(new Error('no')) : Promise.resolve(report));
  await lookRegularly(
    {
      intervalMs: 1,
      look,
      onLook: (taken) => {
        seen.push(taken.report ?? taken.error);
        if (seen.length === 2) {
          end.abort();
        }
      },
    },
    end.signal,
  );
  expect(seen).toEqual([new Error('no'), report]);
});

it('the loop ends after the current look, and does not report that look', async () => {
  const end = new AbortController();
  let hasEnded = false;
  const look = async (signal: AbortSignal): Promise<Report> => {
    end.abort();
    expect(signal.aborted).toBe(true);
    await sleep(50);
    hasEnded = true;
    return report;
  };
  const onLook = jest.fn();
  await lookRegularly({ intervalMs: 1, look, onLook }, end.signal);
  expect(hasEnded).toBe(true);
  expect(onLook).not.toHaveBeenCalled();
});
