import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { run } from '../../lib/processes/child-process';
import { cachedPython, PYTHON_PACKAGE } from '../../release/python/cached-python';

/* "npm run test:python" checks the Python package: format, lint, types, then its tests. Arguments go to pytest. */

/** The package with its tests, and the apps outside of it. */
const SOURCES = ['.', '../samples/python', '../test/python/programs'];

const CHECKS: readonly (readonly string[])[] = [
  ['ruff', 'check', '--config', 'pyproject.toml', ...SOURCES],
  ['ruff', 'format', '--check', '--config', 'pyproject.toml', ...SOURCES],
  ['mypy', 'src', 'tests', ...SOURCES.slice(1)],
  ['pytest', ...process.argv.slice(2)],
];

/** Whether this Python has all SDKs, whose types mypy reads. wxc_sdk has an oldest and a newest Python. */
const HAS_SDKS = 'import importlib.util, sys; sys.exit(importlib.util.find_spec("wxc_sdk") is None)';

async function main(): Promise<void> {
  const python = await cachedPython((line) => void process.stderr.write(`${line}\n`));
  const { exitCode } = await run(python, ['-c', HAS_SDKS]);
  if (exitCode !== 0) {
    process.stderr.write('left out: mypy, and the tests of wxc_sdk, which is for Python 3.11 to 3.13\n');
  }
  for (const check of CHECKS.filter(([name]) => name !== 'mypy' || exitCode === 0)) {
    const child = spawn(python, ['-m', ...check], { cwd: PYTHON_PACKAGE, stdio: 'inherit' });
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) {
      process.stderr.write(`failed: ${check.slice(0, 3).join(' ')}\n`);
      process.exitCode = 1;
    }
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
