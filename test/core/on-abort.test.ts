import { getEventListeners } from 'node:events';
import { CredentialReading } from '../../core/src/vault/credential';
import { onAbort } from '../../core/src/on-abort';
import { retry } from '../../core/src/http/retry';
import { TokenSource } from '../../client/src/token-source';
import { WebexFetch } from '../../client/src/webex-fetch';
import { eventually } from '../../rehearsal/eventually';
import { RecordingServer } from '../fixtures/loopback/recording-server';
import { credentialAnswer, ScriptedVault } from '../fixtures/loopback/scripted-vault';

/* A signal that many calls share. Node warns of a leak from the eleventh listener on. */

const REASON = new Error('the program ends');

const times = <T>(count: number, make: () => Promise<T>): Promise<T>[] => Array.from({ length: count }, make);
const reasons = (outcomes: readonly PromiseSettledResult<unknown>[]) =>
  new Set(outcomes.map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as unknown) : 'no failure')));

let ending: AbortController;
let warnings: Error[];
const onWarning = (warning: Error): void => void warnings.push(warning);

beforeEach(() => {
  ending = new AbortController();
  warnings = [];
  process.on('warning', onWarning);
});
afterEach(() => {
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
});

const listeners = (): number => getEventListeners(ending.signal, 'abort').length;

describe('callers of a TokenSource', () => {
  it('1,000 waiting callers of a TokenSource share one listener and leave none', async () => {
    await using vault = await ScriptedVault.start();
    vault.answer('oauthapp/creds/testauth', credentialAnswer('token-1', new Date(Date.now() + 3_600_000)));
    const release = vault.hold();
    await using tokens = new TokenSource({
      address: vault.address,
      credential: 'testauth',
      roleId: 'r',
      secretId: 'the-secret-id',
    });
    const readings = times(1000, () => tokens.token({ signal: ending.signal }));
    expect(listeners()).toBe(1);
    release();
    await Promise.all(readings);
    expect(listeners()).toBe(0);
  });
});

describe('requests of a WebexFetch', () => {
  const reading = new CredentialReading({ data: { server: 'x', access_token: 'the-access-token', type: 'Bearer' } });
  const tokens = { token: () => Promise.resolve(reading), reject: () => undefined };

  it('50 WebexFetch requests share one listener while they wait for answers and bodies, and leave none', async () => {
    const answers: (() => void)[] = [];
    const bodies: (() => void)[] = [];
    await using server = await RecordingServer.start((_, response) => {
      answers.push(() => response.write('o'));
      bodies.push(() => response.end('k'));
    });
    const webex = new WebexFetch({ tokens, origins: [server.address] });
    const responses = times(50, () => webex.fetch(`${server.address}/`, { signal: ending.signal }));
    await eventually(() => answers.length === 50 || undefined);
    expect(listeners()).toBe(1);
    answers.forEach((answer) => answer());
    const texts = (await Promise.all(responses)).map((response) => response.text());
    expect(listeners()).toBe(1);
    bodies.forEach((body) => body());
    expect(new Set(await Promise.all(texts))).toEqual(new Set(['ok']));
    await eventually(() => listeners() === 0 || undefined);
  });

  it('all waiting WebexFetch requests end at once', async () => {
    await using server = await RecordingServer.start(() => undefined);
    const webex = new WebexFetch({ tokens, origins: [server.address] });
    const outcomes = Promise.allSettled(times(50, () => webex.fetch(`${server.address}/`, { signal: ending.signal })));
    await eventually(() => server.requests.length === 50 || undefined);
    ending.abort(REASON);
    expect(reasons(await outcomes)).toEqual(new Set([REASON]));
    expect(listeners()).toBe(0);
  });
});

describe('waits between attempts', () => {
  const failing = () => Promise.reject(new Error('not now'));
  const wait = () => retry(failing, () => ({ retryAfterMs: 60_000 }), { signal: ending.signal });

  it('all waits between attempts share one listener and end at once', async () => {
    const outcomes = Promise.allSettled(times(50, wait));
    await eventually(() => listeners() > 0 || undefined);
    expect(listeners()).toBe(1);
    ending.abort(REASON);
    expect(reasons(await outcomes)).toEqual(new Set([REASON]));
    expect(listeners()).toBe(0);
  });

  it('a wait between attempts does not begin if the signal is already aborted', async () => {
    ending.abort(REASON);
    await expect(wait()).rejects.toBe(REASON);
    expect(listeners()).toBe(0);
  });
});

it('the callback runs even if another listener of the signal runs first', () => {
  ending.signal.addEventListener('abort', () => undefined);
  const callback = jest.fn();
  onAbort(ending.signal, callback);
  ending.abort(REASON);
  expect(callback).toHaveBeenCalledTimes(1);
});
