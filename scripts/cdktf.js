'use strict';

/*
 * Starts the CDKTF CLI for one deployment: `npm run deploy -- webex-tokens --deployment staging.ts`. Each has a folder
 * of synthesized stacks of its own, since Terraform keeps there which backend it was initialised with. Nobody is called.
 */

const { spawn } = require('node:child_process');
const { existsSync } = require('node:fs');
const { constants } = require('node:os');
const { relative, resolve } = require('node:path');

const DEFAULT_FILE = 'deployment.ts';
const FLAGS = {
  diff: ['--skip-provider-lock'],
  deploy: ['--skip-provider-lock', '--ignore-missing-stack-dependencies'],
  destroy: ['--skip-provider-lock', '--ignore-missing-stack-dependencies'],
};

/** Takes `--deployment FILE` or `--deployment=FILE` out of the arguments. */
function takeDeployment(args) {
  const index = args.findIndex((arg) => /^--deployment(=|$)/.test(arg));
  if (index === -1) {
    return process.env.DEPLOYMENT || DEFAULT_FILE;
  }
  const [option] = args.splice(index, 1);
  return option.includes('=') ? option.slice('--deployment='.length) : args.splice(index, 1)[0];
}

function outputOf(deployment) {
  const name = relative('', resolve(deployment)).replace(/\.\w+$/, '');
  return resolve(deployment) === resolve(DEFAULT_FILE) ? [] : ['--output', `cdktf.out/${encodeURIComponent(name)}`];
}

/** Terraform's provider would take the token in ~/.vault-token in place of an empty one, perhaps root's. */
function emptyToken() {
  return ['BAO_TOKEN', 'VAULT_TOKEN'].find((name) => process.env[name] === '');
}

const [command, ...args] = process.argv.slice(2);
const empty = command === 'synth' ? undefined : emptyToken();
const deployment = takeDeployment(args);
if (empty) {
  process.stderr.write(
    `error: ${empty} is set but empty, as a login that failed leaves it, and no other token is taken in its place; set it to a token, or unset it\n`,
  );
  process.exitCode = 1;
} else if (deployment && !existsSync(deployment)) {
  process.stderr.write(`error: there is no deployment file ${deployment}; name one that is there\n`);
  process.exitCode = 2;
} else if (!deployment) {
  process.stderr.write('error: --deployment names no file; write it like --deployment staging.ts\n');
  process.exitCode = 2;
} else {
  const cli = require.resolve('cdktf-cli/bundle/bin/cdktf');
  const child = spawn(process.execPath, [cli, command, ...(FLAGS[command] ?? []), ...outputOf(deployment), ...args], {
    stdio: 'inherit',
    env: { ...process.env, DEPLOYMENT: deployment, CHECKPOINT_DISABLE: '1' },
  });
  // A terminal sends its signals to both.
  ['SIGINT', 'SIGQUIT'].forEach((signal) => process.on(signal, () => undefined));
  ['SIGTERM', 'SIGHUP'].forEach((signal) => process.on(signal, () => child.kill(signal)));
  child.once('exit', (code, signal) => (process.exitCode = code ?? 128 + constants.signals[signal]));
}
