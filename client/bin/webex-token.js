#!/usr/bin/env node
'use strict';
const { existsSync } = require('node:fs');
const { join } = require('node:path');

// In a clone the source, by tsx; in the package what was built of it.
const source = join(__dirname, '../src/command/webex-token.ts');
const built = join(__dirname, '../dist/webex-token.js');
const inClone = existsSync(source);

function fail(problem) {
  process.stderr.write(`error: ${problem}\n`);
  process.exitCode = 1;
}

async function run() {
  if (inClone) {
    try {
      require('tsx/cjs/api').register();
      (await import('tsx/esm/api')).register();
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') {
        throw error;
      }
      fail(`the packages that webex-token needs are not installed; run "npm ci" in ${join(__dirname, '../..')}`);
      return;
    }
  }
  const { main } = require(inClone ? source : built);
  await main(process.argv.slice(2), () => require('../package.json').version);
}

if (inClone || existsSync(built)) {
  void run();
} else {
  fail(`${built} is missing, so this package is not whole; install webex-token-client again`);
}
