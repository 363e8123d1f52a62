import { NotPermitted, TemporarilyUnavailable } from '../../../core/src/vault/credential-errors';
import { LoginHoldOff } from '../../../core/src/login/login-hold-off';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

let now: number;
let holdOff: LoginHoldOff;
/** Times of the requests to Vault. */
let asked: number[];
let error: Error | undefined;

beforeEach(() => {
  now = 0;
  asked = [];
  error = new NotPermitted('no');
  holdOff = new LoginHoldOff(() => now);
});

async function attempt(secretId = 'ended'): Promise<string> {
  return holdOff.attempt(secretId, () => {
    asked.push(now);
    return error === undefined ? Promise.resolve('logged in') : Promise.reject(error);
  });
}

/** Attempts a login every 5 s. */
async function insist(untilMs: number): Promise<void> {
  for (; now < untilMs; now += 5 * SECOND_MS) {
    await expect(attempt()).rejects.toBe(error);
  }
}

it('the hold-off grows its pauses, and never allows five attempts each within 15 minutes of the previous one', async () => {
  await insist(60 * MINUTE_MS);
  expect(asked.map((ms) => ms / SECOND_MS)).toEqual([0, 15, 75, 315, 1275, 2235, 3195]);
  const pauses = asked.slice(1).map((ms, index) => ms - (asked[index] ?? 0));
  expect(pauses.findIndex((ms) => ms > 15 * MINUTE_MS)).toBeLessThan(4);
});

it('the hold-off allows another secret id at once and starts over with it', async () => {
  await insist(10 * MINUTE_MS);
  asked = [];
  await expect(attempt('another')).rejects.toBe(error);
  now += 15 * SECOND_MS;
  error = undefined;
  expect(await attempt('another')).toBe('logged in');
  expect(asked).toHaveLength(2);
});

it('the hold-off forgets the refusals after a successful login', async () => {
  await insist(10 * MINUTE_MS);
  now += 16 * MINUTE_MS;
  error = undefined;
  await attempt();
  error = new NotPermitted('no more');
  asked = [];
  await insist(now + 16 * SECOND_MS);
  expect(asked).toHaveLength(2);
});

it('the hold-off does not delay attempts while Vault is only down', async () => {
  error = new TemporarilyUnavailable('later');
  await insist(15 * SECOND_MS);
  expect(asked).toHaveLength(3);
});

it('the hold-off allows an attempt at once after the clock was set back', async () => {
  await insist(10 * MINUTE_MS);
  asked = [];
  now -= 5 * MINUTE_MS;
  await expect(attempt()).rejects.toBe(error);
  await expect(attempt()).rejects.toBe(error);
  expect(asked).toHaveLength(1);
});
