import { NotPermitted, TemporarilyUnavailable } from '#core';
import { firstToken } from '../../../client/src/proxy/first-token';

let warnings: string[];
const warn = (warning: string) => void warnings.push(warning);

beforeEach(() => {
  warnings = [];
  jest.useFakeTimers();
});
afterEach(() => jest.useRealTimers());

it('a token of a Vault that answers is no warning', async () => {
  await firstToken({ token: () => Promise.resolve(undefined as never) }, warn);
  expect(warnings).toEqual([]);
  expect(jest.getTimerCount()).toBe(0);
});

it('a refusal ends the start', async () => {
  const refused = new NotPermitted('no');
  await expect(firstToken({ token: () => Promise.reject(refused) }, warn)).rejects.toBe(refused);
});

it('an outage is a warning', async () => {
  await firstToken({ token: () => Promise.reject(new TemporarilyUnavailable('away')) }, warn);
  expect(warnings).toEqual(['away; until then, requests get a 503']);
});

it('a Vault that hangs keeps the proxy from serving for half a minute, and a later refusal ends nothing', async () => {
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<never>((_, refuse) => (reject = refuse));
  const started = firstToken({ token: () => promise }, warn);
  await jest.advanceTimersByTimeAsync(29_999);
  expect(warnings).toEqual([]);
  await jest.advanceTimersByTimeAsync(1);
  await started;
  expect(warnings).toEqual(['Vault has not answered for 30 s; until it does, requests wait for it']);
  reject(new NotPermitted('no'));
  await jest.advanceTimersByTimeAsync(0);
});
