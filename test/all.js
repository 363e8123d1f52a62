'use strict';

const { Buffer } = require('node:buffer');
const { spawn } = require('node:child_process');

/*
 * What `npm test` runs: types and lint beside the tests, as each of them keeps no more than one processor busy for a
 * minute. All of them end, whatever one of them says.
 */

const JEST = [require.resolve('jest/bin/jest'), '--selectProjects', 'unit', 'integration', ...process.argv.slice(2)];

/** A script of package.json, whose output is shown in one piece once it has ended. */
function check(script) {
  const child = spawn('npm', ['run', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = [];
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  return ended(child, () => process.stderr.write(Buffer.concat(output)));
}

/** @param finish called before its exit code is taken */
function ended(child, finish = () => undefined) {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      process.stderr.write(`error: ${error.message}\n`);
      resolve(1);
    });
    child.once('close', (code) => {
      finish();
      resolve(code ?? 1);
    });
  });
}

const tests = ended(spawn(process.execPath, JEST, { stdio: 'inherit' }));
void Promise.all([check('typecheck'), check('lint'), tests]).then((codes) => {
  process.exitCode = Math.max(...codes);
});
