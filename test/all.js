'use strict';

const { Buffer } = require('node:buffer');
const { spawn } = require('node:child_process');

/*
 * Runs types and lint beside the tests for `npm test`. Each check keeps at most one processor busy for a minute. A
 * failure stops no other check. The output of failed checks comes last, with the command that runs each failed test
 * alone: see test/end-of-run.js.
 */

const JEST = [require.resolve('jest/bin/jest'), '--selectProjects', 'unit', 'integration', ...process.argv.slice(2)];
const END_OF_RUN_FD = 3;

/** Runs a script of package.json. */
async function check(script) {
  const child = spawn('npm', ['run', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  const { code, output } = await ended(child, [child.stdout, child.stderr]);
  return { code, output, line: `failed: npm run ${script}\n` };
}

function tests() {
  const child = spawn(process.execPath, JEST, {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: { ...process.env, END_OF_RUN_FD },
  });
  return ended(child, [child.stdio[END_OF_RUN_FD]]);
}

/** @returns its exit code, and its output on the streams */
function ended(child, streams) {
  const output = [];
  streams.forEach((stream) => stream.on('data', (chunk) => output.push(chunk)));
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: 1, output: Buffer.from(`error: ${error.message}\n`) }));
    child.once('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(output) }));
  });
}

void Promise.all([tests(), check('typecheck'), check('lint')]).then(([run, ...checks]) => {
  const failed = checks.filter(({ code }) => code !== 0);
  for (const part of [...failed.map(({ output }) => output), run.output, ...failed.map(({ line }) => line)]) {
    process.stderr.write(part);
  }
  process.exitCode = Math.max(run.code, ...checks.map(({ code }) => code));
});
