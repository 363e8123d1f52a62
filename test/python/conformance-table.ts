import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../lib/processes/child-process';
import { markdownTable } from '../../rehearsal/markdown-table';
import { cachedPython, PYTHON_PACKAGE } from '../../release/python/cached-python';
import { conformanceCases } from '../fixtures/conformance/conformance-case';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';

/* "npx tsx test/python/conformance-table.ts" runs the conformance cases in both packages, and prints the results. */

const TEST = 'test/client/conformance.test.ts';

interface JestResults {
  readonly testResults: readonly { readonly assertionResults: readonly { title: string; status: string }[] }[];
}

/** Results of the package for Node, by theme and title. */
async function nodeResults(folder: string): Promise<Map<string, string>> {
  const file = join(folder, 'jest.json');
  const args = ['jest', '--selectProjects', 'unit', '--runTestsByPath', TEST, '--json', `--outputFile=${file}`];
  await run('npx', ['--no-install', ...args], { cwd: PROJECT_FOLDER });
  const { testResults } = JSON.parse(await readFile(file, 'utf8')) as JestResults;
  return new Map(
    testResults.flatMap(({ assertionResults }) =>
      assertionResults.map(({ title, status }) => [title, status] as const),
    ),
  );
}

/** Results of the package for Python, by theme and title. */
async function pythonResults(): Promise<Map<string, string>> {
  const args = ['-m', 'pytest', '-q', '-rA', '-W', 'ignore', 'tests/test_conformance.py'];
  const { stdout } = await run(await cachedPython(), args, { cwd: PYTHON_PACKAGE });
  const lines = stdout.matchAll(/^(PASSED|FAILED) \S+::test_case\[(.*?)\](?: - .*)?$/gm);
  return new Map(Array.from(lines, ([, result = '', title = '']) => [title, result.toLowerCase()]));
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  try {
    const [node, python] = [await nodeResults(folder), await pythonResults()];
    const rows = conformanceCases().map(({ theme, case: { title } }) => {
      const id = `${theme}: ${title}`;
      return [theme, title, node.get(id) ?? 'not run', python.get(id) ?? 'not run'];
    });
    process.stdout.write(`${markdownTable(['theme', 'case', 'Node', 'Python'], rows, [])}\n`);
    const passed = rows.filter(([, , ...results]) => results.every((result) => result === 'passed')).length;
    process.stdout.write(`\n${passed} of ${rows.length} cases pass in both packages\n`);
    process.exitCode = passed === rows.length ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
