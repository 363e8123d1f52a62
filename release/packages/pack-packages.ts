import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ExplainedError } from '#core';
import type { Release } from '../../lib/release/own-release';
import { manifestAddresses, type Addresses } from '../project';
import { sha256Of } from '../plugin/checksums';
import { packStaged, type PackedPackage } from './packed-package';
import { stagePlugin } from './plugin-package';
import { stageRehearsal } from './rehearsal-package';
import { readManifest, StagedPackage, type Manifest } from './staged-package';

export interface PackOptions {
  /** Gets a folder for each package, and the tarballs. */
  readonly folder: string;
  /** Binaries of the plugin by platform, such as `linux/x64`. @default - none, so each user compiles the plugin */
  readonly plugins?: Readonly<Record<string, string>>;
  /** Addresses in every package.json. @default - none */
  readonly addresses?: Addresses;
  /** Folder of a clone after "npm run build". @default - this one */
  readonly project?: string;
}

/**
 * Packs every package of a release, as it is published. A published package has what a clone must not have: the
 * dependencies on our own packages, and their hashes. The version is the one of the project.
 *
 * @returns the packages in publishing order
 * @throws ExplainedError if the project is not built
 */
export async function packPackages(options: PackOptions): Promise<readonly PackedPackage[]> {
  const { folder, plugins = {}, addresses, project = resolve(__dirname, '../..') } = options;
  for (const built of ['dist', 'client/dist']) {
    if (!existsSync(join(project, built))) {
      throw new ExplainedError(`${join(project, built)} is missing, so there is nothing to pack; run "npm run build"`);
    }
  }
  const common = { ...(await readManifest(project)), ...(addresses && manifestAddresses(addresses)) };
  const staging = (name: string): string => join(folder, 'staged', name);
  await mkdir(folder, { recursive: true });

  const packedPlugins = new Map<string, PackedPackage & { readonly sha256: string }>();
  for (const [platform, binary] of Object.entries(plugins)) {
    const staged = await stagePlugin(
      platform,
      binary,
      staging(`plugin-${platform.replace('/', '-')}`),
      project,
      common,
    );
    packedPlugins.set(platform, { ...(await packStaged(staged, folder)), sha256: await sha256Of(binary) });
  }
  const rehearsal = await packStaged(await stageRehearsal(staging('rehearsal'), project, common), folder);
  const client = await packStaged(await StagedPackage.of(join(project, 'client'), staging('client'), common), folder);
  const root = await packStaged(await stageRoot(project, staging('root'), common, rehearsal, packedPlugins), folder);
  const create = join(project, 'create');
  return [
    ...packedPlugins.values(),
    rehearsal,
    client,
    root,
    ...(existsSync(create)
      ? [await packStaged(await StagedPackage.of(create, staging('create'), common), folder)]
      : []),
  ];
}

async function stageRoot(
  project: string,
  folder: string,
  common: Manifest,
  rehearsal: PackedPackage,
  plugins: ReadonlyMap<string, PackedPackage & { readonly sha256: string }>,
): Promise<StagedPackage> {
  const staged = await StagedPackage.of(project, folder, common, {
    optionalDependencies: Object.fromEntries([...plugins.values()].map(({ name, version }) => [name, version])),
  });
  const release: Release = {
    rehearsal: published(rehearsal),
    plugins: Object.fromEntries(
      [...plugins].map(([platform, plugin]) => [platform, { ...published(plugin), sha256: plugin.sha256 }]),
    ),
  };
  await staged.writeJson('dist/release.json', release);
  return staged;
}

function published({ name, version, integrity }: PackedPackage): Release['rehearsal'] {
  return { name, version, integrity };
}
