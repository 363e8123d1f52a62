import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { errorCode, ExplainedError } from '#core';
import { describeCommand, say } from '../../lib/cli/command';
import { deploymentIfAny } from '../../lib/cli/operated-command';
import { pluginPlatform } from '../../lib/declaration/files/declared-plugin';
import { isPlatform, PLATFORMS, platformProblem, type Platform } from '../../lib/declaration/schema/platform';
import { writeAtomically } from '../../lib/files/atomic-file';
import { fetchedPlugin } from '../../lib/plugin/fetched-plugin';

interface Options {
  readonly platform?: Platform;
  readonly output?: string;
}

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    summary: 'Gets the plugin for the platform of the server, and prints its path.',
    details: [
      "The installed package has the plugin for this machine's platform. For another one, npm fetches the package of the same release. The sha256 is checked. A clone compiles the plugin with Go.",
      {
        title: 'Platforms',
        rows: { prebuilt: PLATFORMS.slice(0, 4).join(', '), 'compiled with Go': PLATFORMS.slice(4).join(', ') },
      },
    ],
    examples: {
      'webex-token-vault plugin fetch --platform linux/x64 --output ./plugins':
        'Put the plugin into this folder, to copy it to each node',
    },
    environment: {
      WEBEX_TOKEN_VAULT_CACHE: "Folder of the plugins (default: this project's folder in the user's cache)",
      'npm_config_...': 'Settings of npm, such as npm_config_registry',
    },
  })
    .addOption(
      new Option(
        '--platform <platform>',
        'Platform of the server (default: the one of the deployment; without a deployment file, Linux on the processor of this machine)',
      ).argParser(platformWord),
    )
    .option('--output <folder>', 'Folder that gets a copy (default: the plugin stays in the cache)')
    .action(async ({ platform, output }: Options) => {
      const wanted = platform ?? (await declaredPlatform(command));
      const plugin = await fetchedPlugin(wanted, { report: say, signal });
      const content = await readFile(plugin);
      const path = output === undefined ? plugin : await copyTo(output, basename(plugin), content);
      const sha256 = createHash('sha256').update(content).digest('hex');
      process.stdout.write(`${path}\n`);
      say(
        `The plugin for ${wanted} has sha256 ${sha256}. An existing Vault needs it in the plugin_directory of each node, as "${basename(path)}", with mode 0755.`,
      );
    });
}

function platformWord(word: string): Platform {
  if (!isPlatform(word)) {
    throw new InvalidArgumentError(`It ${platformProblem(word)}`);
  }
  return word;
}

/** A folder without a deployment file has no declared platform. */
async function declaredPlatform(command: Command): Promise<Platform> {
  const deployment = (await deploymentIfAny(command))?.deployment;
  const platform = deployment === undefined ? `linux/${process.arch}` : pluginPlatform(deployment);
  if (!isPlatform(platform)) {
    throw new ExplainedError(`the plugin is not built for ${platform}; name the server's platform by --platform`);
  }
  return platform;
}

async function copyTo(folder: string, name: string, content: Buffer): Promise<string> {
  const path = join(folder, name);
  try {
    await mkdir(folder, { recursive: true });
    await writeAtomically(path, content, { mode: 0o755 });
  } catch (error) {
    throw error instanceof ExplainedError
      ? error
      : new ExplainedError(`${path} cannot be written (${errorCode(error)}); name another folder by --output`);
  }
  return path;
}
