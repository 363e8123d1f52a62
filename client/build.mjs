import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/*
 * Makes dist/ of src/ and of ../core. The code is one file, core.js, because twenty files cost the command more time than
 * its requests. index.js and index.mjs export from it what the package promises, so require and import see the same classes.
 */

const require = createRequire(import.meta.url);
process.chdir(dirname(fileURLToPath(import.meta.url)));
rmSync('dist', { recursive: true, force: true });

execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
  stdio: 'inherit',
});

const BUNDLE = {
  absWorkingDir: process.cwd(),
  bundle: true,
  platform: 'node',
  target: 'node20.9',
  format: 'cjs',
  legalComments: 'none',
  sourcemap: true,
  // By require: the loader of modules would have to start for them.
  supported: { 'dynamic-import': false },
};

const CORE = join(process.cwd(), '../core/src/index.ts');

/** Takes '#core' from its sources. */
const withCore = {
  name: 'core by its sources',
  setup: ({ onResolve }) => onResolve({ filter: /^#core$/ }, () => ({ path: CORE })),
};

await build({
  ...BUNDLE,
  stdin: { contents: "export * from '#core'; export * from './src/index';", resolveDir: process.cwd() },
  outfile: 'dist/core.js',
  // Loaded only where a proxy is set.
  external: ['proxy-from-env'],
  plugins: [withCore],
});

await build({
  ...BUNDLE,
  entryPoints: ['src/command/webex-token.ts'],
  outfile: 'dist/webex-token.js',
  plugins: [
    {
      name: 'core is beside it',
      setup: ({ onResolve }) => onResolve({ filter: /^#core$/ }, () => ({ path: './core.js', external: true })),
    },
  ],
});

const names = await exportsOf('src/index.ts');
const list = names.map((name) => `  ${name},\n`).join('');
writeFileSync(
  'dist/index.js',
  `'use strict';\nconst core = require('./core.js');\nmodule.exports = {\n${names.map((name) => `  ${name}: core.${name},\n`).join('')}};\n`,
);
writeFileSync('dist/index.mjs', `export {\n${list}} from './core.js';\n`);
writeFileSync('dist/index.d.mts', "export * from './types/client/src/index.js';\n");

/** What a module exports beside types. */
async function exportsOf(module) {
  const options = {
    ...BUNDLE,
    format: 'esm',
    entryPoints: [module],
    plugins: [withCore],
    write: false,
    metafile: true,
  };
  const [{ exports }] = Object.values((await build(options)).metafile.outputs);
  return exports.sort();
}
