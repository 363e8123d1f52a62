import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireInstalled } from './installed.mjs';

/*
 * "npm run reference:client" writes docs/reference/client.md by TypeDoc, from the exports of the client and their comments.
 * An argument names another file, for a test.
 */

const folder = fileURLToPath(new URL('.', import.meta.url));
const [file = join(folder, '../docs/reference/client.md')] = process.argv.slice(2);

const BEGINNING = `# The client

This page lists what \`webex-token-client\` exports. [Its README](../../client/README.md) shows how to use it. The page is
generated: run \`npm run reference:client\` after a change.
`;

requireInstalled(folder);
const output = mkdtempSync(join(tmpdir(), 'client-reference-'));
try {
  const typedoc = join(folder, 'node_modules/typedoc/bin/typedoc');
  execFileSync(process.execPath, [typedoc, '--out', output, '--logLevel', 'Error'], { cwd: folder, stdio: 'inherit' });
  const text = readFileSync(join(output, 'README.md'), 'utf8');
  writeFileSync(file, text.replace(/^# .*\n/, BEGINNING).replace(/[ \t]+$/gm, ''));
} finally {
  rmSync(output, { recursive: true });
}
