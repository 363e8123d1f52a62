import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

/*
 * Makes dist/ of src/: each file compiled for `require`, two modules that re-export them for `import`, so that both see
 * the same classes, and the command as one file, because loading twenty would cost it more than its requests.
 */

const require = createRequire(import.meta.url);
process.chdir(dirname(fileURLToPath(import.meta.url)));
rmSync('dist', { recursive: true, force: true });

execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
  stdio: 'inherit',
});
rmSync('dist/command', { recursive: true });

// The types keep what is said of each thing; said twice, it would be a tenth of the package, and its white space as much.
// Names stay, for who reads a stack.
for (const name of readdirSync('dist').filter((each) => each.endsWith('.js'))) {
  const { code } = await transform(readFileSync(`dist/${name}`, 'utf8'), {
    target: 'node20.9',
    legalComments: 'none',
    minifyWhitespace: true,
    // An error that nobody catches shows the line that it is of.
    lineLimit: 250,
  });
  writeFileSync(`dist/${name}`, code);
}

for (const entry of ['index', 'core']) {
  const names = Object.keys(require(`./dist/${entry}.js`)).sort();
  writeFileSync(
    `dist/${entry}.mjs`,
    `export {\n${names.map((name) => `  ${name},\n`).join('')}} from './${entry}.js';\n`,
  );
  writeFileSync(`dist/${entry}.d.mts`, `export * from './${entry}.js';\n`);
}

await build({
  absWorkingDir: process.cwd(),
  entryPoints: ['src/command/webex-token.ts'],
  outfile: 'dist/webex-token.js',
  bundle: true,
  platform: 'node',
  target: 'node20.9',
  format: 'cjs',
  minify: true,
  // Loaded only where a proxy is set.
  external: ['proxy-from-env'],
  // By require: the loader of modules would have to start for them.
  supported: { 'dynamic-import': false },
});
