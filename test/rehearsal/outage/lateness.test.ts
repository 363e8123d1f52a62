import { WebexSimulator } from '../../../rehearsal/webex/webex-simulator';
import { eventually } from '../../../rehearsal/eventually';
import { Lateness } from '../../../rehearsal/outage/lateness';

function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

async function tellsOf(lateness: Lateness, part: string): Promise<void> {
  await eventually(() => new RegExp(`${part} (\\d{3,}) ms`).test(String(lateness)) || undefined);
}

async function tellsOfAny(lateness: Lateness): Promise<void> {
  await eventually(() => /event loop [1-9]/.test(String(lateness)) || undefined);
}

test('a blocked event loop counts as late', async () => {
  await using lateness = new Lateness();
  lateness.allowAnswers(100);
  await new Promise((resolve) => setTimeout(resolve, 20));
  block(300);
  await tellsOf(lateness, 'event loop');
  expect(lateness.isTooLate).toBe(true);
});

test('a slow server counts as late, and a failed probe is ignored', async () => {
  await using lateness = new Lateness();
  lateness.probe(() => new Promise((resolve) => setTimeout(resolve, 200)));
  await tellsOf(lateness, 'server');
  await using other = new Lateness();
  let asked = 0;
  other.probe(() => Promise.reject(new Error(`sealed ${(asked += 1)}`)));
  await eventually(() => asked > 1 || undefined);
  expect(String(other)).not.toContain('server');
});

test('a test action that begins after its scheduled time counts as late', async () => {
  await using lateness = new Lateness();
  lateness.allowSchedule(5001);
  lateness.began(performance.now() - 5000);
  await tellsOf(lateness, 'schedule');
  lateness.allowSchedule(4999);
  expect(lateness.isTooLate).toBe(true);
});

test('the simulated Webex counts as late by its log entries since the measurement began', async () => {
  await using webex = await WebexSimulator.start({ clients: [] });
  const late = { method: 'GET', path: '/', status: 200, startedAt: new Date(), endedAt: new Date(), lateMs: 70_000 };
  webex.requests.push(late);
  await using lateness = new Lateness();
  lateness.allowAnswers(69_999);
  lateness.watch(webex);
  expect(lateness.isTooLate).toBe(false);
  webex.requests.push(late);
  expect(lateness.isTooLate).toBe(true);
});

test('the smallest answer margin applies, and answer margins do not affect the schedule', async () => {
  await using lateness = new Lateness();
  lateness.allowAnswers(0.001);
  lateness.allowAnswers(4000);
  await tellsOfAny(lateness);
  expect(lateness.isTooLate).toBe(true);
  await using other = new Lateness();
  other.allowAnswers(60_000);
  other.began(performance.now() - 70_000);
  expect(other.isTooLate).toBe(false);
});
