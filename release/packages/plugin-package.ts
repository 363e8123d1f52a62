import { createHash } from 'node:crypto';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StagedPackage, type Manifest } from './staged-package';

/** Path of the binary in its package, alone in a folder that can be the server's `plugin_directory`. */
export const PACKAGED_PLUGIN = 'bin/vault-plugin-secrets-oauthapp';

/** Name of the package for a platform. @param platform such as `linux/x64` */
export function pluginPackageName(platform: string): string {
  return `@webex-token-vault/plugin-${platform.replace('/', '-')}`;
}

/** Stages the plugin for one platform. npm installs it on that platform only. */
export async function stagePlugin(
  platform: string,
  binary: string,
  folder: string,
  project: string,
  common: Manifest,
): Promise<StagedPackage> {
  const [os, cpu] = platform.split('/');
  const staged = await StagedPackage.in(folder, common, {
    name: pluginPackageName(platform),
    description: `The oauthapp plugin of webex-token-vault for ${platform}.`,
    os: [os],
    cpu: [cpu],
    // Yarn would keep the binary in an archive, where it cannot be run.
    preferUnplugged: true,
  });
  await staged.copy(binary, PACKAGED_PLUGIN);
  await chmod(join(folder, PACKAGED_PLUGIN), 0o755);
  await staged.copy(join(project, 'LICENSE'), 'LICENSE');
  await staged.write(
    'README.md',
    `# ${staged.manifest.name}\n\nThe oauthapp plugin for Vault and OpenBao on ${platform}. It belongs to the package webex-token-vault, which installs it.\n`,
  );
  return staged;
}

export async function sha256Of(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}
