import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/*
 * Builds dist/ from src/ and ../core. The code is one file, client.js, because many files delay the command by more than its
 * requests take. It is not minified, so a stack trace shows readable lines. index.js and index.mjs export the package's API
 * from it, so `require` and `import` get the same classes. The command calls its `main`.
 */

const require = createRequire(import.meta.url);
process.chdir(dirname(fileURLToPath(import.meta.url)));
rmSync('dist', { recursive: true, force: true });

execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
  stdio: 'inherit',
});

const CORE = join(process.cwd(), '../core/src/index.ts');

const BUNDLE = {
  absWorkingDir: process.cwd(),
  bundle: true,
  platform: 'node',
  target: 'node20.9',
  format: 'cjs',
  legalComments: 'none',
  sourcemap: true,
  // A map with the sources would be half of the package.
  sourcesContent: false,
  // `import()` would start the loader of modules, so `require` replaces it.
  supported: { 'dynamic-import': false },
  // This package is loaded only if a proxy is set.
  external: ['proxy-from-env'],
  plugins: [
    {
      name: 'core by its sources',
      setup: ({ onResolve }) => onResolve({ filter: /^#core$/ }, () => ({ path: CORE })),
    },
  ],
};

await build({
  ...BUNDLE,
  stdin: {
    contents: "export * from './src/index'; export { main } from './src/command/webex-token';",
    resolveDir: process.cwd(),
  },
  outfile: 'dist/client.js',
});

const names = await exportsOf('src/index.ts');
const list = names.map((name) => `  ${name},\n`).join('');
const fields = names.map((name) => `  ${name}: client.${name},\n`).join('');
writeFileSync(
  'dist/index.js',
  `'use strict';\nconst client = require('./client.js');\nmodule.exports = {\n${fields}};\n`,
);
writeFileSync('dist/index.mjs', `export {\n${list}} from './client.js';\n`);
writeFileSync('dist/index.d.mts', "export * from './types/client/src/index.js';\n");

/** Exports of a module, without its types. */
async function exportsOf(module) {
  const options = { ...BUNDLE, format: 'esm', entryPoints: [module], write: false, metafile: true };
  const [{ exports }] = Object.values((await build(options)).metafile.outputs);
  return exports.sort();
}
