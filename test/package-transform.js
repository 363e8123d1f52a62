'use strict';

const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { resolve } = require('node:path');
const { buildSync, version } = require('esbuild');

/*
 * Makes one file of a package. Jest loads what a test needs anew for each test file, and file by file: hundreds of them
 * for a package that is made of so many. The bundle is kept with what Jest has transformed.
 */

const OPTIONS = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // Of these there is one for all packages.
  external: ['constructs', 'reflect-metadata'],
  write: false,
  logLevel: 'error',
};

/** What a package is made of changes with another version of any. */
const SELF = [
  version,
  readFileSync(__filename, 'utf8'),
  readFileSync(resolve(__dirname, '../package-lock.json'), 'utf8'),
];

module.exports = {
  process(source, path) {
    return { code: buildSync({ ...OPTIONS, entryPoints: [path] }).outputFiles[0].text };
  },
  getCacheKey(source, path) {
    const hash = createHash('sha256');
    [...SELF, path, source].forEach((part) => hash.update(`${part}\0`));
    return hash.digest('hex').slice(0, 32);
  },
};
