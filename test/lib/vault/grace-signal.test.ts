import { getEventListeners } from 'node:events';
import { graceSignal, readGraceSignal, withOwnSignal } from '../../../lib/vault/grace-signal';
import { VaultClient } from '../../../lib/vault/vault-client';
import { eventually } from '../../../rehearsal/eventually';
import { ScriptedVault } from '../../fixtures/loopback/scripted-vault';

const ENGINE = { tuning: { providerTimeoutSeconds: 30, providerTimeoutExpiryLeewayFactor: 1 } };

describe('a grace signal', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

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

it("the own signal leaves no listener on the process's signal", async () => {
  const process = new AbortController();
  for (let time = 0; time < 3; time++) {
    await withOwnSignal(process.signal, (signal) => {
      signal.addEventListener('abort', () => undefined);
      expect(getEventListeners(process.signal, 'abort')).toHaveLength(1);
      return Promise.resolve();
    });
  }
  expect(getEventListeners(process.signal, 'abort')).toHaveLength(0);
});

it("the own signal aborts with the process's signal, for the same reason", async () => {
  const process = new AbortController();
  const reason = new Error('Ctrl-C');
  const seen = withOwnSignal(process.signal, async (signal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    return signal.reason as unknown;
  });
  process.abort(reason);
  await expect(seen).resolves.toBe(reason);
  await expect(withOwnSignal(process.signal, (signal) => Promise.resolve(signal.aborted))).resolves.toBe(true);
});

it.each([
  ['it', (own: AbortSignal) => own],
  ['a grace signal', (own: AbortSignal) => graceSignal(own)],
])('the own signal has one listener for all waiting requests: %s', async (_, follow) => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on('warning', onWarning);
  await using vault = await ScriptedVault.start();
  vault.answer('sys/mounts', { body: {} });
  const release = vault.hold();
  await withOwnSignal(new AbortController().signal, async (own) => {
    const signal = follow(own);
    const client = new VaultClient({ address: vault.address, token: 's.token', signal });
    const reads = Promise.all(Array.from({ length: 50 }, () => client.read('sys/mounts')));
    await eventually(() => vault.requests.length === 50 || undefined);
    expect(getEventListeners(signal as AbortSignal, 'abort')).toHaveLength(1);
    release();
    await reads;
  });
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
});
