import { ExplainedError } from '#core';
import { succeeded } from './child-usage';
import { inTurn } from '../results/rounds';
import { join, resolve } from 'node:path';
import type { Row } from '../results/row';
import { needed, type Measuring } from '../run-sections';

/* A token from the cache of the Python package, beside a method that returns an attribute. Both by `python -m timeit`. */

const SOURCES = resolve(__dirname, '..', '..', 'python', 'src');

const GOAL_US = 2;

export async function measurePython({ rounds, progress }: Measuring): Promise<Row[]> {
  const env = { ...process.env, PYTHONPATH: [__dirname, SOURCES].join(process.platform === 'win32' ? ';' : ':') };
  await needed(succeeded('python3', ['-c', 'import sys; assert sys.version_info >= (3, 10)'], { env }));
  const microseconds = async (statement: string): Promise<number> => {
    const timeit = ['-B', '-m', 'timeit', '-u', 'usec', '-r', '3', '-s', 'from cached_token import plain, tokens'];
    const { stdout } = await succeeded('python3', [...timeit, statement], { env, cwd: join(SOURCES, '..') });
    const [, figure] = /best of \d+: ([\d.]+) usec per loop/.exec(stdout) ?? [];
    if (figure === undefined) {
      throw new ExplainedError(`timeit printed no figure, but "${stdout.trim()}"; correct the pattern in this section`);
    }
    return Number(figure);
  };
  const { token, text, plain } = await inTurn(
    rounds,
    {
      token: () => microseconds('tokens.token()'),
      text: () => microseconds('tokens.token().access_token'),
      plain: () => microseconds('plain.token()'),
    },
    progress,
  );
  const other = { what: 'a method that returns an attribute', value: plain };
  return [
    {
      section: 'python',
      what: 'TokenSource.token() of Python, from cache',
      ours: token,
      other,
      unit: 'µs',
      goal: { of: 'ours', atMost: GOAL_US },
    },
    { section: 'python', what: 'the same, and the text of its token', ours: text, other, unit: 'µs' },
  ];
}
