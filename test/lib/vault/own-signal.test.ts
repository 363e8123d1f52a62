import { getEventListeners } from 'node:events';
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
