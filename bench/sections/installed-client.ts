import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { succeeded } from './child-usage';

const PROJECT = resolve(__dirname, '..', '..');

/** Builds and packs `webex-token-client`, and installs it as an app does. @returns path of the command */
export async function installedClient(folder: string): Promise<string> {
  const npm = (cwd: string, ...args: readonly string[]) => succeeded('npm', args, { cwd });
  await npm(PROJECT, 'run', 'build', '--workspace', 'client');
  await npm(PROJECT, 'pack', '--workspace', 'client', '--pack-destination', folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'app', private: true }));
  const quietly = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  await npm(folder, 'install', ...quietly, './webex-token-client-0.1.0.tgz');
  return join(folder, 'node_modules', '.bin', 'webex-token');
}
