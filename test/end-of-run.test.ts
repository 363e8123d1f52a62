import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../lib/processes/child-process';
import { PROJECT_FOLDER } from './fixtures/runs/project-folder';

/* A real Jest on a project of its own, whose tests write their titles to a file when they run. */

const env = { ...process.env, CI: 'true', FORCE_COLOR: '0' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "end of run's-"));
  symlinkSync(join(PROJECT_FOLDER, 'node_modules'), join(folder, 'node_modules'));
  const project = (displayName: string, testMatch: string): object => ({
    displayName,
    testMatch: [`<rootDir>/test/${testMatch}`],
    transform: { '\\.ts$': join(PROJECT_FOLDER, 'test/typescript-transform.js') },
  });
  writeFiles({
    'jest.config.json': JSON.stringify({
      reporters: ['default', join(PROJECT_FOLDER, 'test/end-of-run.js')],
      projects: [project('unit', '*.unit.js'), project('integration', '*.integration.js')],
    }),
    'tests.js': `
      const { appendFileSync } = require('node:fs');
      const ran = (title) => appendFileSync(${JSON.stringify(join(folder, 'ran'))}, JSON.stringify(title) + '\\n');
      exports.fails = (...titles) => titles.forEach((title) =>
        test(title, () => { ran(title); throw new Error('on purpose'); }));
      exports.passes = (...titles) => titles.forEach((title) => test(title, () => ran(title)));
      Object.assign(exports, require(${JSON.stringify(join(PROJECT_FOLDER, 'test/fixtures/runs/left-out.ts'))}));`,
  });
});
afterEach(() => rmSync(folder, { recursive: true }));

function writeFiles(files: Readonly<Record<string, string>>): void {
  mkdirSync(join(folder, 'test'), { recursive: true });
  Object.entries(files).forEach(([name, text]) => writeFileSync(join(folder, name), text));
}

/** Source of a test file. */
function testFile(source: string): string {
  return `const { fails, passes, describeUnless, testUnless } = require('../tests.js');\n${source}`;
}

/** @returns the lines after Jest's own summary */
async function endOf(command: string, args: readonly string[]): Promise<{ exitCode: number; lines: string[] }> {
  writeFiles({ ran: '' });
  const { exitCode, stdout, stderr } = await run(command, args, { cwd: folder, env });
  const [, end] = /\nRan all test suites[^\n]*\n([^]*)$/.exec(stderr) ?? [];
  if (end === undefined) {
    throw new Error(`Jest printed no summary, but: ${stdout}${stderr}`);
  }
  return { exitCode, lines: end.split('\n').filter((line) => line !== '') };
}

const runJest = (...args: string[]) => endOf(process.execPath, [require.resolve('jest/bin/jest'), ...args]);
const titlesThatRan = (): unknown[] =>
  readFileSync(join(folder, 'ran'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

test('a run without failed or left-out tests ends with the summary of Jest', async () => {
  writeFiles({ 'test/good.unit.js': testFile(`passes('works');`) });
  expect(await runJest()).toEqual({ exitCode: 0, lines: [] });
});

test('a run with failed tests ends with a command for each, which runs that test alone', async () => {
  const titles = [
    `has "double" and 'single' quotes, \`backticks\`, $HOME, $(id), !! and \\ in it`,
    'has [brackets] (of) {each} kind|way, and a.c*+?^$',
    'has\n  two lines,\ta tab and "quotes"',
  ];
  const group = "a 'group'\nof $tests";
  // Each of these matches a pattern that is not anchored or not escaped.
  const similar = [`${titles[0]} too`, 'has [brackets] (of) {each} kind', 'way, and abc*+?^$'];
  writeFiles({
    'test/bad.unit.js': testFile(`
      describe(${JSON.stringify(group)}, () => {
        fails(...${JSON.stringify(titles)});
        passes(...${JSON.stringify(similar)});
      });
      describe(${JSON.stringify(`in ${group}`)}, () => passes(...${JSON.stringify(titles)}));`),
    'test/bad.integration.js': testFile(`fails('is in the other project'); passes('other');`),
  });
  const { exitCode, lines } = await runJest();
  expect(exitCode).toBe(1);
  expect(lines.filter((line) => !line.startsWith('  ')).sort()).toEqual(
    [
      'failed: is in the other project',
      ...titles.map((each) => `failed: a 'group' of $tests ${each.replace(/\s+/g, ' ')}`),
    ].sort(),
  );
  const commands = lines.filter((line) => line.startsWith('  '));
  const ran = [];
  for (const command of commands) {
    expect((await endOf('bash', ['-c', command])).exitCode).toBe(1);
    expect(titlesThatRan()).toHaveLength(1);
    ran.push(...titlesThatRan());
  }
  expect(ran.sort()).toEqual([...titles, 'is in the other project'].sort());
});

test('a run with a file that cannot be loaded ends with the command for the file', async () => {
  writeFiles({
    "test/it's bad.unit.js": testFile(`passes('is here'); throw new Error('on purpose');`),
    'test/good.unit.js': testFile(`passes('works');`),
  });
  const { exitCode, lines } = await runJest();
  expect(exitCode).toBe(1);
  expect(lines).toEqual([
    "failed to run: test/it's bad.unit.js",
    `  npx jest --selectProjects unit --runTestsByPath 'test/it'\\''s bad.unit.js'`,
  ]);
  const again = await endOf('bash', ['-c', lines[1] ?? '']);
  expect(again).toEqual({ exitCode, lines });
});

test('a long reason is cut at the end of a run', async () => {
  const reason = `there is no chart: ${'x'.repeat(200)}`;
  writeFiles({
    'test/out.unit.js': testFile(`testUnless(${JSON.stringify(reason)})('is left out', () => undefined);`),
  });
  const { lines } = await runJest();
  expect(lines).toEqual([`1 test left out: ${reason.slice(0, 119)}…`]);
});

test('a run names twenty failed tests and counts the rest', async () => {
  const titles = Array.from({ length: 22 }, (_each, index) => `test ${index}`);
  writeFiles({ 'test/bad.unit.js': testFile(`fails(...${JSON.stringify(titles)});`) });
  const { lines } = await runJest();
  expect(lines.filter((line) => line.startsWith('failed: '))).toHaveLength(20);
  expect(lines.at(-1)).toBe('and 2 more');
});

test('a run counts left-out tests by reason, in three lines, from all workers', async () => {
  writeFiles({
    'test/a.unit.js': testFile(`
      passes('works');
      describeUnless('there is no etcd [or so]\\non PATH')('API server', () => {
        passes('a', 'b');
        describeUnless('there is no chart')('chart', () => passes('c'));
      });
      describeUnless(undefined)('group', () => passes('d'));
      testUnless('there is no chart')('e', () => undefined);
      testUnless('there is no root')('f', () => undefined);`),
    'test/b.integration.js': testFile(`
      testUnless('there is no chart')('g', () => undefined);
      test.skip('h', () => undefined);`),
  });
  const { exitCode, lines } = await runJest('--maxWorkers=2');
  expect(exitCode).toBe(0);
  expect(titlesThatRan().sort()).toEqual(['d', 'works']);
  expect(lines.slice(0, 2)).toEqual([
    '3 tests left out: there is no etcd [or so] on PATH',
    '2 tests left out: there is no chart',
  ]);
  expect(lines[2]?.split(': ')).toEqual(['2 tests left out for 2 other reasons', expect.anything()]);
  expect(lines[2]?.split(': ')[1]?.split('; ').sort()).toEqual(['no reason is given', 'there is no root']);
  expect(lines).toHaveLength(3);
  // The workflows in which no test may be left out search for these lines.
  for (const name of ['ci.yml', 'nightly.yml']) {
    const workflow = readFileSync(join(PROJECT_FOLDER, '.github/workflows', name), 'utf8');
    const [, pattern = ''] = /grep -E '(.*left out.*)'/.exec(workflow) ?? [];
    expect(lines.filter((line) => !new RegExp(pattern || '(?!)').test(line))).toEqual([]);
  }
  // Tests that -t does not select are not left out.
  expect(await runJest('-t', '^[fg]')).toEqual({
    exitCode: 0,
    lines: expect.arrayContaining([
      '1 test left out: there is no chart',
      '1 test left out: there is no root',
    ]) as unknown,
  });
});

test('npm test ends with the output of failed checks, then with all that failed', async () => {
  writeFiles({
    'package.json': JSON.stringify({
      scripts: { typecheck: 'echo types are right', lint: 'echo comma missing; exit 2' },
    }),
    'test/bad.unit.js': testFile(`fails('does not work'); testUnless('there is no chart')('a', () => undefined);`),
  });
  const { exitCode, lines } = await endOf(process.execPath, [join(PROJECT_FOLDER, 'test/all.js')]);
  expect(exitCode).toBe(2);
  const said = lines.filter((line) => !line.startsWith('>'));
  expect(said).toEqual([
    'comma missing',
    '1 test left out: there is no chart',
    'failed: does not work',
    "  npx jest --selectProjects unit -t '^does not work$' --runTestsByPath test/bad.unit.js",
    'failed: npm run lint',
  ]);
});
