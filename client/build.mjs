import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/*
 * Makes dist/ of src/. All code that an app may load is one file, core.js: the rest re-exports of it what it promises,
 * for `require` and for `import`, so that both see the same classes, and the command has it loaded beside its own. Twenty
 * files would cost the command more than its requests, and a second copy of the code a quarter of the package.
 */

const require = createRequire(import.meta.url);
process.chdir(dirname(fileURLToPath(import.meta.url)));
rmSync('dist', { recursive: true, force: true });

execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
  stdio: 'inherit',
});
rmSync('dist/command', { recursive: true });

const BUNDLE = {
  absWorkingDir: process.cwd(),
  bundle: true,
  platform: 'node',
  target: 'node20.9',
  format: 'cjs',
  legalComments: 'none',
  minifyWhitespace: true,
  // By require: the loader of modules would have to start for them.
  supported: { 'dynamic-import': false },
};

await build({
  ...BUNDLE,
  entryPoints: ['src/core.ts'],
  outfile: 'dist/core.js',
  // Loaded only where a proxy is set.
  external: ['proxy-from-env'],
  // The types keep what is said of each thing. Names stay, for who reads a stack; and an error that nobody catches
  // shows the line that it is of.
  lineLimit: 80,
});

await build({
  ...BUNDLE,
  entryPoints: ['src/command/webex-token.ts'],
  outfile: 'dist/webex-token.js',
  minify: true,
  plugins: [
    {
      name: 'core is beside it',
      setup: ({ onResolve }) => onResolve({ filter: /^\.\.\/core$/ }, () => ({ path: './core.js', external: true })),
    },
  ],
});

for (const entry of ['index', 'core']) {
  const names = await exportsOf(`src/${entry}.ts`);
  const list = names.map((name) => `  ${name},\n`).join('');
  writeFileSync(`dist/${entry}.mjs`, `export {\n${list}} from './core.js';\n`);
  writeFileSync(`dist/${entry}.d.mts`, `export * from './${entry}.js';\n`);
  if (entry !== 'core') {
    const short = names.join(',');
    writeFileSync(
      `dist/${entry}.js`,
      `'use strict';\nconst {${short}}=require('./core.js');\nmodule.exports={${short}};\n`,
    );
  }
}

/** What a module exports beside types. */
async function exportsOf(module) {
  const options = { ...BUNDLE, format: 'esm', entryPoints: [module], write: false, metafile: true };
  const [{ exports }] = Object.values((await build(options)).metafile.outputs);
  return exports.sort();
}
