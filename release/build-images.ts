import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { shellWord } from '#core';
import { version } from '../package.json';
import { dockerBuild } from './images/image-context';
import { stageImages } from './images/staged-images';
import { packPackages } from './packages/pack-packages';
import { prebuiltPlugin } from './plugin/prebuilt-plugins';

/*
 * "npm run images" builds the images of the program and of the plugin on this machine, for the platform of this machine. It prints
 * each "docker build" before it runs. With --stage, it only prints them.
 */

const OPTIONS = {
  folder: { type: 'string', default: 'dist/images' },
  'program-base': { type: 'string' },
  'plugin-base': { type: 'string' },
  stage: { type: 'boolean', default: false },
} as const;

const note = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  const folder = resolve(values.folder);
  await mkdir(folder, { recursive: true });
  const platform = process.arch === 'arm64' ? 'linux/arm64' : 'linux/x64';
  const packages = await packPackages({ folder: join(folder, 'packages') });
  const plugins = { [platform]: await prebuiltPlugin(platform, join(folder, 'plugins'), note) };
  for (const context of await stageImages({ folder, packages, plugins })) {
    const base = context.name === 'webex-token-vault' ? values['program-base'] : values['plugin-base'];
    const args = dockerBuild(context, { tag: `${context.name}:${version}`, version, base });
    process.stdout.write(`docker ${args.map(shellWord).join(' ')}\n`);
    if (!values.stage && spawnSync('docker', args, { stdio: ['ignore', 2, 2] }).status !== 0) {
      throw new Error(`${context.name} was not built; Docker says above why`);
    }
  }
}

main().catch((error: unknown) => {
  note(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
