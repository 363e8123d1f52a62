#!/usr/bin/env node
'use strict';

/*
 * Starts the program webex-token-vault: in a clone by its sources, which need no build, and in the package by the compiled
 * files.
 */

const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { version } = require('../package.json');

const SOURCE = join(__dirname, 'cli.ts');
const COMPILED = join(__dirname, '..', 'dist', 'scripts', 'cli.js');

function fail(problem) {
  process.stderr.write(`error: ${problem}\n`);
  process.exitCode = 1;
}

/** @returns whether TypeScript can be loaded now */
function loadTypeScript() {
  // The names of the clone's packages work in any folder, also for processes that this one starts.
  process.env.TSX_TSCONFIG_PATH ??= join(__dirname, '..', 'tsconfig.json');
  try {
    require('tsx/cjs/api').register();
    return true;
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') {
      throw error;
    }
    return false;
  }
}

if (existsSync(SOURCE)) {
  if (loadTypeScript()) {
    void require(SOURCE).main(version);
  } else {
    fail(`the packages that webex-token-vault needs are not installed; run "npm ci" in ${join(__dirname, '..')}`);
  }
} else if (existsSync(COMPILED)) {
  void require(COMPILED).main(version);
} else {
  fail(`${COMPILED} is missing, so this package webex-token-vault ${version} is incomplete; install it again`);
}
