'use strict';

/*
 * Checks that the packages of a clone are installed. Each npm script begins with it, because `.npmrc` turns off the scripts
 * that npm would run before another one.
 */

const { existsSync } = require('node:fs');
const { join } = require('node:path');

const clone = join(__dirname, '..');

if (!existsSync(join(clone, 'node_modules', 'tsx'))) {
  process.stderr.write(
    `error: the packages that webex-token-vault needs are not installed; run "npm ci" in ${clone}\n`,
  );
  process.exitCode = 1;
}
