import { readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { join } from 'node:path';
import { PROJECT_FOLDER } from './fixtures/runs/project-folder';

const EndOfRun =
  jest.requireActual<new (config: object) => { onRunComplete: (contexts: readonly object[], results: object) => void }>(
    './end-of-run',
  );

interface TestOutcome {
  readonly status: 'passed' | 'failed' | 'pending';
  readonly title: string;
  readonly ancestorTitles?: readonly string[];
}

/** @returns the lines that the reporter prints for one file with these tests */
async function linesOf(tests: readonly TestOutcome[], testNamePattern?: string): Promise<string[]> {
  const written = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    const testResults = tests.map(({ ancestorTitles = [], ...test }) => ({
      ...test,
      ancestorTitles,
      fullName: [...ancestorTitles, test.title].join(' '),
    }));
    const file = {
      testFilePath: '/home/test/a.test.ts',
      displayName: { name: 'unit' },
      failureMessage: '',
      testResults,
    };
    new EndOfRun({ rootDir: '/home', testNamePattern }).onRunComplete([], { testResults: [file] });
    await turn();
    return written.mock.calls
      .map(([text]) => String(text))
      .join('')
      .split('\n')
      .filter((line) => line !== '');
  } finally {
    written.mockRestore();
  }
}

const leftOut = (reason: string, title = 'a'): TestOutcome => ({
  status: 'pending',
  title: `${title} [left out: ${reason}]`,
});

test('a run without failed or left-out tests adds no line', async () => {
  expect(await linesOf([{ status: 'passed', title: 'works' }])).toEqual([]);
});

test('a run names twenty failed tests and counts the rest', async () => {
  const lines = await linesOf(
    Array.from({ length: 22 }, (_each, index) => ({ status: 'failed', title: `test ${index}` })),
  );
  expect(lines.filter((line) => line.startsWith('failed: '))).toHaveLength(20);
  expect(lines.at(-1)).toBe('and 2 more');
});

test('a run cuts a long reason', async () => {
  const reason = `there is no chart: ${'x'.repeat(200)}`;
  expect(await linesOf([leftOut(reason)])).toEqual([`1 test left out: ${reason.slice(0, 119)}…`]);
});

test('a run counts left-out tests by reason in three lines', async () => {
  const group = ['API server [left out: there is no etcd [or so]\non PATH]'];
  const tests: readonly TestOutcome[] = [
    { status: 'passed', title: 'works' },
    ...['a', 'b', 'c'].map((title) => ({ status: 'pending' as const, title, ancestorTitles: group })),
    leftOut('there is no chart', 'e'),
    leftOut('there is no root', 'f'),
    leftOut('there is no chart', 'g'),
    { status: 'pending', title: 'h' },
  ];
  const lines = await linesOf(tests);
  expect(lines).toEqual([
    '3 tests left out: there is no etcd [or so] on PATH',
    '2 tests left out: there is no chart',
    '2 tests left out for 2 other reasons: there is no root; no reason is given',
  ]);
  // The workflows in which no test may be left out search for these lines.
  for (const name of ['ci.yml', 'nightly.yml']) {
    const workflow = readFileSync(join(PROJECT_FOLDER, '.github/workflows', name), 'utf8');
    const [, pattern = ''] = /grep -E '(.*left out.*)'/.exec(workflow) ?? [];
    expect(lines.filter((line) => !new RegExp(pattern || '(?!)').test(line))).toEqual([]);
  }
  // Jest reports tests that -t does not select as pending, too.
  expect(await linesOf(tests, '^[fg]')).toEqual([
    '1 test left out: there is no root',
    '1 test left out: there is no chart',
  ]);
});
