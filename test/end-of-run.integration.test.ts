import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../lib/processes/child-process';
import { PROJECT_FOLDER } from './fixtures/runs/project-folder';

/* A real Jest runs a separate project. The project's tests write their titles to a file. */

const env = { ...process.env, CI: 'true', FORCE_COLOR: '0' };

let folder: string;
beforeAll(() => {
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
    'package.json': JSON.stringify({
      scripts: { typecheck: 'echo types are right', lint: 'echo comma missing; exit 2' },
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
afterAll(() => rmSync(folder, { recursive: true }));

function writeFiles(files: Readonly<Record<string, string>>): void {
  mkdirSync(join(folder, 'test'), { recursive: true });
  Object.entries(files).forEach(([name, text]) => writeFileSync(join(folder, name), text));
}

function testFile(source: string): string {
  return `const { fails, passes, describeUnless, testUnless } = require('../tests.js');\n${source}`;
}

/** @returns the lines after Jest's own summary, and the titles of the tests that ran */
async function endOf(
  command: string,
  args: readonly string[],
): Promise<{ exitCode: number; lines: string[]; ran: unknown[] }> {
  writeFiles({ ran: '' });
  const { exitCode, stdout, stderr } = await run(command, args, { cwd: folder, env });
  const [, end] = /\nRan all test suites[^\n]*\n([^]*)$/.exec(stderr) ?? [];
  if (end === undefined) {
    throw new Error(`Jest printed no summary, but: ${stdout}${stderr}`);
  }
  const [lines, ran] = [end, readFileSync(join(folder, 'ran'), 'utf8')].map((text) =>
    text.split('\n').filter((line) => line !== ''),
  );
  return { exitCode, lines: lines ?? [], ran: (ran ?? []).map((line): unknown => JSON.parse(line)) };
}

test('npm test ends with failed checks, left-out tests, and a command for each failure that runs it alone', async () => {
  const titles = [
    `has "double" and 'single' quotes, \`backticks\`, $HOME, $(id), !! and \\ in it`,
    'has [brackets] (of) {each} kind|way, and a.c*+?^$',
    'has\n  two lines,\ta tab and "quotes"',
  ];
  const group = "a 'group'\nof $tests";
  // An unanchored or unescaped pattern would match one of these titles.
  const similar = [`${titles[0]} too`, 'has [brackets] (of) {each} kind', 'way, and abc*+?^$'];
  writeFiles({
    'test/bad.unit.js': testFile(`
      describe(${JSON.stringify(group)}, () => {
        fails(...${JSON.stringify(titles)});
        passes(...${JSON.stringify(similar)});
      });
      describe(${JSON.stringify(`in ${group}`)}, () => passes(...${JSON.stringify(titles)}));`),
    'test/bad.integration.js': testFile(`fails('is in the other project'); passes('other');`),
    "test/it's bad.unit.js": testFile(`passes('is here'); throw new Error('on purpose');`),
    'test/out.unit.js': testFile(`
      describeUnless('there is no etcd')('API server', () => passes('a', 'b'));
      describeUnless(undefined)('group', () => passes('d'));
      testUnless('there is no chart')('e', () => undefined);`),
  });
  const { exitCode, lines, ran } = await endOf(process.execPath, [join(PROJECT_FOLDER, 'test/all.js')]);
  expect(exitCode).toBe(2);
  expect(ran).toContain('d');
  expect(ran).not.toContain('a');
  const said = lines.filter((line) => !line.startsWith('>'));
  expect(said.slice(0, 3)).toEqual([
    'comma missing',
    '2 tests left out: there is no etcd',
    '1 test left out: there is no chart',
  ]);
  expect(said.at(-1)).toBe('failed: npm run lint');
  const commands = new Map<string, string>();
  for (let index = 3; index < said.length - 1; index += 2) {
    commands.set(said[index] ?? '', said[index + 1] ?? '');
  }
  const failures = titles.map((title) => `a 'group' of $tests ${title.replace(/\s+/g, ' ')}`);
  const expected = [...failures, 'is in the other project'].map((name) => `failed: ${name}`);
  const unloaded = "failed to run: test/it's bad.unit.js";
  expect([...commands.keys()].sort()).toEqual([...expected, unloaded].sort());

  const again = await endOf('bash', ['-c', commands.get(unloaded) ?? '']);
  expect(again).toEqual({ exitCode: 1, lines: [unloaded, commands.get(unloaded)], ran: [] });
  const alone = [];
  for (const name of expected) {
    const rerun = await endOf('bash', ['-c', commands.get(name) ?? '']);
    expect(rerun).toMatchObject({ exitCode: 1, ran: [expect.anything()] });
    alone.push(...rerun.ran);
  }
  expect(alone).toEqual([...titles, 'is in the other project']);
});
