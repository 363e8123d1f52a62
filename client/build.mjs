import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/*
 * Builds dist/ from src/ and ../core. The code is one file, client.js, because many files delay the command by more than its
 * requests take. It is not minified, so a stack trace shows readable lines. index.js and index.mjs export the package's API
 * from it, so `require` and `import` get the same classes. The command calls its `main`. The proxy is a file of its own,
 * proxy.js, which the command loads on demand. It takes the classes that both use from client.js.
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

/** Modules that proxy.js takes from client.js, by their paths in the sources of the proxy. */
const SHARED = {
  '#core': '#core',
  '../token-source-environment': './src/token-source-environment',
};

await build({
  ...BUNDLE,
  stdin: {
    contents: [
      "export * from './src/index'; export { main } from './src/command/webex-token';",
      ...(await sharedExports()),
    ].join('\n'),
    resolveDir: process.cwd(),
  },
  outfile: 'dist/client.js',
});
// A map would be a third of what the proxy adds to the package.
await build({ ...proxyBuild(() => './client.js'), outfile: 'dist/proxy.js' });

const names = await exportsOf('src/index.ts');
const list = names.map((name) => `  ${name},\n`).join('');
const fields = names.map((name) => `  ${name}: client.${name},\n`).join('');
writeFileSync(
  'dist/index.js',
  `'use strict';\nconst client = require('./client.js');\nmodule.exports = {\n${fields}};\n`,
);
writeFileSync('dist/index.mjs', `export {\n${list}} from './client.js';\n`);
writeFileSync('dist/index.d.mts', "export * from './types/client/src/index.js';\n");

/** @param pathOf the path of a shared module in the result */
function proxyBuild(pathOf) {
  const filter = new RegExp(`^(?:${Object.keys(SHARED).join('|')})$`);
  const external = ({ path }) => ({ path: pathOf(path), external: true });
  const plugin = { name: 'shared modules', setup: ({ onResolve }) => onResolve({ filter }, external) };
  return { ...BUNDLE, sourcemap: false, entryPoints: ['src/proxy/proxy-command.ts'], plugins: [plugin] };
}

/** Lines that export from client.js what the proxy imports. Exports of client.js that index.ts has too are the same. */
async function sharedExports() {
  const { outputFiles } = await build({ ...proxyBuild((path) => path), format: 'esm', write: false });
  const imports = outputFiles[0].text.matchAll(/^import \{([^}]*)\} from "([^"]+)";$/gm);
  const taken = Object.fromEntries(Object.keys(SHARED).map((path) => [path, new Set()]));
  for (const [, names, path] of imports) {
    names.split(',').forEach((name) => taken[path]?.add(name.trim().replace(/ as .*$/s, '')));
  }
  return Object.entries(taken).map(([path, names]) => `export { ${[...names].join(', ')} } from '${SHARED[path]}';`);
}

/** Exports of a module, without its types. */
async function exportsOf(module) {
  const options = { ...BUNDLE, format: 'esm', entryPoints: [module], write: false, metafile: true };
  const [{ exports }] = Object.values((await build(options)).metafile.outputs);
  return exports.sort();
}
