#!/usr/bin/env node
'use strict';
const { existsSync } = require('node:fs');
const { join } = require('node:path');

// A clone runs the source by tsx. The package runs its build.
const source = join(__dirname, '../src/command/webex-token.ts');
const built = join(__dirname, '../dist/client.js');
const inClone = existsSync(source);
const proxy = join(__dirname, inClone ? '../src/proxy/proxy-command.ts' : '../dist/proxy.js');

function fail(problem) {
  process.stderr.write(`error: ${problem}\n`);
  process.exitCode = 1;
}

function run() {
  if (inClone) {
    const { TSX_TSCONFIG_PATH: given } = process.env;
    try {
      // The file maps the names of this clone's packages, and tsx reads it once.
      process.env.TSX_TSCONFIG_PATH ??= join(__dirname, '../../tsconfig.json');
      require('tsx/cjs/api').register();
      if (given === undefined) {
        delete process.env.TSX_TSCONFIG_PATH;
      }
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') {
        throw error;
      }
      fail(`the packages that webex-token needs are not installed; run "npm ci" in ${join(__dirname, '../..')}`);
      return;
    }
  }
  const { main } = require(inClone ? source : built);
  void main(process.argv.slice(2), { version: () => require('../package.json').version, proxy: () => require(proxy) });
}

if (inClone || existsSync(built)) {
  run();
} else {
  fail(`${built} is missing, so this package is incomplete; install webex-token-client again`);
}
