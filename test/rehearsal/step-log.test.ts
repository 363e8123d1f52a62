import { getEventListeners } from 'node:events';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { StepLog } from '../../rehearsal/step-log';

beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] }));
afterEach(() => jest.useRealTimers());

async function printed(env: NodeJS.ProcessEnv): Promise<string> {
  jest.replaceProperty(process, 'env', { NO_COLOR: '1', ...env });
  const output = new PassThrough();
  const all = text(output);
  const steps = new StepLog(2, new AbortController().signal, output as unknown as NodeJS.WriteStream);
  await steps.run('one', (note) => {
    note('at work');
    jest.advanceTimersByTime(1200);
    return Promise.resolve({ said: 'done' });
  });
  await steps.run('two', () => Promise.reject(new Error('no'))).catch(() => undefined);
  output.end();
  jest.restoreAllMocks();
  return (await all).replaceAll(/\d+\.\d s/g, '0.0 s');
}

it.each([
  ['where the locale is of UTF-8', { LANG: 'en_US.UTF-8' }],
  ['where none is set', {}],
  ['where only messages are of another', { LANG: 'C', LC_CTYPE: 'C.utf8' }],
])('the log prints check marks %s', async (_, env) => {
  expect(await printed(env)).toBe(' 1/2  … at work\n 1/2  ✔ done  0.0 s\n 2/2  ✖ two  0.0 s\n');
});

it.each([
  ['LANG=C', { LANG: 'C' }],
  ['LC_ALL=POSIX', { LANG: 'en_US.UTF-8', LC_ALL: 'POSIX' }],
  ['a locale of Latin-1', { LANG: 'de_DE@euro' }],
])('the log prints only ASCII with %s', async (_, env) => {
  expect(await printed(env)).toBe(' 1/2  ... at work\n 1/2  ok done  0.0 s\n 2/2  failed: two  0.0 s\n');
});

it('the log removes its listener from the signal', async () => {
  const { signal } = new AbortController();
  const steps = new StepLog(2, signal, new PassThrough().resume() as unknown as NodeJS.WriteStream);
  await steps.run('one', () => Promise.resolve({}));
  await expect(steps.run('two', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
