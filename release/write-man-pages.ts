import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CLIENT_MANUAL } from './reference/manual/client-manual';
import { toRoff } from './reference/manual/roff';
import { vaultManual } from './reference/manual/vault-manual';

/* A step of "npm run build": writes the man page of each program into its package. */

const PROJECT = resolve(__dirname, '..');

for (const [path, manual] of [
  ['', vaultManual()],
  ['client', CLIENT_MANUAL],
] as const) {
  const { version } = JSON.parse(readFileSync(join(PROJECT, path, 'package.json'), 'utf8')) as { version: string };
  const folder = join(PROJECT, path, 'dist/man');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${manual.program}.1`), `${toRoff(manual, version)}\n`);
}
