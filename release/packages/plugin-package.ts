import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { isPrebuilt } from '../../lib/declaration/schema/platform';
import { PACKAGED_PLUGIN } from '../../lib/plugin/default-plugin';
import { licensesOf, linkedModules } from '../plugin/linked-modules';
import { StagedPackage, type Manifest } from './staged-package';

/** File with the licenses of the Go modules in the plugin. */
const LICENSES = 'LICENSES-OF-MODULES';

/** Name of the package for a platform. @param platform such as `linux/x64` */
export function pluginPackageName(platform: string): string {
  return `@webex-token-vault/plugin-${platform.replace('/', '-')}`;
}

/**
 * Stages the plugin for one platform. npm installs it on that platform only.
 *
 * @throws Error if nothing is prebuilt for the platform, or a linked Go module has no license
 */
export async function stagePlugin(
  platform: string,
  binary: string,
  folder: string,
  project: string,
  common: Manifest,
): Promise<StagedPackage> {
  if (!isPrebuilt(platform)) {
    throw new Error(`no plugin is prebuilt for "${platform}"; correct the platform`);
  }
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
  await staged.write(LICENSES, await licensesOf(await linkedModules(platform)));
  await staged.write('README.md', readme(staged.manifest, platform));
  return staged;
}

function readme({ name, version }: Manifest, platform: string): string {
  return `# ${name}

The oauthapp plugin of Vault and OpenBao for ${platform}. It belongs to webex-token-vault ${version}, which installs it and knows its sha256.

The binary is built from the Go modules that \`plugin/go.mod\` of webex-token-vault pins, with the flags in \`plugin/checksums.json\` there.
The same Go gives the same bytes. The file ${LICENSES} has the license of each module. The source code of a module is at
https://pkg.go.dev/ followed by its path, "@" and its version.
`;
}
