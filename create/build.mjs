import { chmodSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/* Builds dist/create.js, the whole program in one file: npm fetches this package for a single run, and nothing beside it. */

const folder = dirname(fileURLToPath(import.meta.url));
const outfile = join(folder, 'dist/create.js');
rmSync(dirname(outfile), { recursive: true, force: true });

await build({
  absWorkingDir: folder,
  entryPoints: ['src/main.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  banner: { js: '#!/usr/bin/env node' },
  legalComments: 'none',
  alias: { '#core': join(folder, '../core/src/index.ts') },
  // Only the proxy of an HTTP transport loads it, and this program sends no request.
  external: ['proxy-from-env'],
  logLevel: 'error',
});
chmodSync(outfile, 0o755);
