#!/usr/bin/env node
'use strict';
const { existsSync } = require('node:fs');
const { join } = require('node:path');

// In a clone the source, by tsx; in the package what was built of it.
const source = join(__dirname, '../src/command/webex-token.ts');
const built = join(__dirname, '../dist/webex-token.js');
const inClone = existsSync(source);

async function run() {
  if (inClone) {
    require('tsx/cjs/api').register();
    (await import('tsx/esm/api')).register();
  }
  const { main } = require(inClone ? source : built);
  await main(process.argv.slice(2), () => require('../package.json').version);
}

if (inClone || existsSync(built)) {
  void run();
} else {
  process.stderr.write(`error: ${built} is missing, so this package is not whole; install webex-token-client again\n`);
  process.exitCode = 1;
}
