import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Installs the packages of the site from the lock file, unless that has happened. `npm ci` of a clone leaves them out. */
export function requireInstalled(folder) {
  const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8');
  const installed = join(folder, 'node_modules', '.installed-lock.json');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === lock) {
    return;
  }
  process.stderr.write('installing the packages of the site, 150 MB\n');
  const npm = process.env.npm_execpath;
  const command = npm === undefined ? ['npm'] : [process.execPath, npm];
  execFileSync(command[0], [...command.slice(1), 'ci', '--ignore-scripts', '--no-workspaces'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  writeFileSync(installed, lock);
}
