import { getEventListeners } from 'node:events';
import { graceSignal } from '../../../lib/vault/grace-signal';
import { withOwnSignal } from '../../../lib/vault/own-signal';

it('leaves nothing behind that listens to the signal which it follows', async () => {
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

it('is aborted with that, for the same reason', async () => {
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

it('takes any number of listeners without a warning, and so does a grace signal', async () => {
  await withOwnSignal(new AbortController().signal, (own) => {
    expect([own, graceSignal(own)].map(listenerLimit)).toEqual([0, 0]);
    return Promise.resolve();
  });
});

/** The `getMaxListeners` of Node 20 throws if the limit is 0. */
function listenerLimit(signal: AbortSignal | undefined): unknown {
  const fields = Object.getOwnPropertySymbols(signal ?? {}).map((symbol) => [symbol.description, symbol] as const);
  return Reflect.get(signal ?? {}, new Map(fields).get('events.maxEventTargetListeners') ?? '');
}
