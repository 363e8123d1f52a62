import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { deadLinks } from './dead-links.mjs';
import { requireInstalled } from './installed.mjs';

/*
 * "npm run site" builds the pages as a site, and then checks its links.
 *
 * "npm run site dev" serves the pages while they are written. "npm run site preview" serves the built site. VitePress gets
 * all further arguments.
 */

const folder = fileURLToPath(new URL('.', import.meta.url));
const output = process.env.SITE_OUTPUT ?? `${folder}dist`;
const [command = 'build', ...further] = process.argv.slice(2);

requireInstalled(folder);
const vitepress = fileURLToPath(new URL('node_modules/vitepress/bin/vitepress.js', import.meta.url));
const { status } = spawnSync(process.execPath, [vitepress, command, folder, ...further], { stdio: 'inherit' });
process.exitCode = status ?? 1;

if (command === 'build' && status === 0) {
  const { values } = parseArgs({ args: further, options: { base: { type: 'string' } }, strict: false });
  const dead = deadLinks(output, values.base);
  for (const line of dead) {
    process.stderr.write(`error: ${line}; correct the link\n`);
  }
  process.exitCode = dead.length === 0 ? 0 : 1;
}
