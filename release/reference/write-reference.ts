import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { REFERENCES } from './references';

/* "npm run reference" writes each reference from the sources. */

const PROJECT = resolve(__dirname, '../..');

async function main(): Promise<void> {
  for (const { path, text } of REFERENCES) {
    const file = resolve(PROJECT, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, await text());
    process.stdout.write(`wrote ${path}\n`);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
