import { PassThrough } from 'node:stream';
import { ExplainedError, UsageError } from '#core';
import { watch, type WatchOptions } from '../../../../lib/cli/looks/status-watch';
import { useSleepClock } from '../../../fixtures/clocks/sleep-clock';

useSleepClock();

let printed: string;
let complaints: string[];
let ending: AbortController;
let output: NodeJS.WriteStream;

beforeEach(() => {
  printed = '';
  complaints = [];
  ending = new AbortController();
  const stream = new PassThrough();
  stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
  output = stream as unknown as NodeJS.WriteStream;
});

function watching(look: () => Promise<string>, changes: Partial<WatchOptions<string>> = {}): Promise<void> {
  return watch({
    intervalSeconds: 0.02,
    look,
    show: (seen) => seen,
    output,
    inPlace: false,
    complain: (line) => complaints.push(line),
    signal: ending.signal,
    ...changes,
  });
}

/** The first look is at 0 ms, and the interval is 20 ms. */
function interruptAfter(ms: number): void {
  setTimeout(() => ending.abort(new Error('interrupted')), ms);
}

it('the watch prints one look after another until it is interrupted', async () => {
  let looks = 0;
  interruptAfter(50);
  await expect(watching(() => Promise.resolve(`look ${++looks}`))).rejects.toThrow('interrupted');
  expect(printed).toBe('look 1\nlook 2\nlook 3\n');
});

it('the watch explains a failed look and tries again', async () => {
  let looks = 0;
  interruptAfter(50);
  const watched = watching(() =>
    ++looks === 2 ? Promise.reject(new ExplainedError('no answer\nfrom Vault')) : Promise.resolve(`look ${looks}`),
  );
  await expect(watched).rejects.toThrow('interrupted');
  expect(printed).toBe('look 1\nlook 3\n');
  expect(complaints).toEqual([
    expect.stringMatching(/^\d\d:\d\d:\d\d UTC: no answer from Vault; trying again in 0.02 s$/),
  ]);
});

it.each<[string, () => Error]>([
  ['wrong usage', () => new UsageError('no such file')],
  ['a fault of ours', () => new TypeError('x is undefined')],
])('the watch ends with the original error on %s', async (_, made) => {
  const error = made();
  await expect(watching(() => Promise.reject(error))).rejects.toBe(error);
});

it('the watch ends once its output is closed', async () => {
  const began = Date.now();
  setTimeout(() => output.emit('error', Object.assign(new Error('broken pipe'), { code: 'EPIPE' })), 100);
  await expect(watching(() => Promise.resolve('look'), { intervalSeconds: 600 })).resolves.toBeUndefined();
  expect({ printed, ms: Date.now() - began }).toEqual({ printed: 'look\n', ms: 100 });
});

describe('on a terminal', () => {
  it('the watch on a terminal shows the last look and the latest error, and restores the terminal', async () => {
    Object.assign(output, { columns: 80, rows: 24 });
    let looks = 0;
    const watched = watching(
      () => (++looks === 1 ? Promise.resolve('first') : Promise.reject(new ExplainedError('no answer'))),
      { inPlace: true, show: (seen, page) => `${seen} in ${page?.columns}x${page?.rows}` },
    );
    setTimeout(() => output.emit('resize', Object.assign(output, { columns: 40, rows: 10 })), 30);
    interruptAfter(35);
    await expect(watched).rejects.toThrow('interrupted');
    expect(printed.startsWith('\u001b[?1049h\u001b[?25l')).toBe(true);
    expect(printed.endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
    expect(printed).toContain('first in 80x22');
    expect(printed).toContain('UTC: no answer; trying again in 0.02 s\u001b[K\n\u001b[K\nfirst in 80x');
    expect(printed).toContain('first in 40x');
    expect(complaints).toEqual([]);
    expect(output.listenerCount('resize')).toBe(0);
  });
});
