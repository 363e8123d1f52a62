'use strict';

/*
 * Run before what needs the packages of a clone: without them npm's scripts fail in words of their own. It stands in the
 * scripts themselves, since `.npmrc` keeps npm from running any before them.
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
