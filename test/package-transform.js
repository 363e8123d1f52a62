'use strict';

const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { resolve } = require('node:path');
const { buildSync, version } = require('esbuild');

/*
 * Bundles a package into one file. Jest loads a package anew for each test file, file by file, and some packages have
 * hundreds of files. Jest's cache keeps the bundle.
 */

const OPTIONS = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // All packages share these two.
  external: ['constructs', 'reflect-metadata'],
  write: false,
  logLevel: 'error',
  // Jest compiles the text once for each test file, and short text compiles faster. Names stay, because errors are told
  // apart by them.
  minifyWhitespace: true,
  minifySyntax: true,
};

/** The lock file is part of the key, because a bundle changes with each version in it. */
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
