import { copyFile, readdir, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { billOfMaterials } from '../bill-of-materials';
import { PackageLock } from '../package-lock';
import type { PackedPackage } from '../packages/packed-package';
import { requireChecksum, sha256Of } from '../plugin/checksums';
import { linkedModules } from '../plugin/linked-modules';
import { pluginBill } from '../plugin/plugin-bill';
import type { PrebuiltPlugins } from '../plugin/prebuilt-plugins';
import type { PrebuiltPlatform } from '../../lib/declaration/schema/platform';

/** Folders of the packages that have npm dependencies, by name. */
const WITH_DEPENDENCIES: Readonly<Record<string, string>> = {
  'webex-token-vault': '',
  'webex-token-client': 'client',
  '@webex-token-vault/rehearsal': 'rehearsal',
};

/** Hashes of all files, as `sha256sum --check` reads them. */
export const CHECKSUMS = 'SHA256SUMS';

export interface ReleaseFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The files of a release beside the registries: packages, plugins, and a bill of materials for each that has dependencies. */
export class ReleaseFiles {
  constructor(
    readonly folder: string,
    private readonly version: string,
  ) {}

  /** @throws Error if a plugin is not the one of `plugin/checksums.json` */
  async addPlugins(plugins: PrebuiltPlugins): Promise<void> {
    for (const [platform, binary] of Object.entries(plugins) as [PrebuiltPlatform, string][]) {
      await requireChecksum(platform, binary);
      const name = `vault-plugin-secrets-oauthapp-${platform.replace('/', '-')}`;
      await copyFile(binary, join(this.folder, name));
      const bill = pluginBill(name, this.version, await sha256Of(binary), await linkedModules(platform));
      await this.addBill(name, bill);
    }
  }

  /** @param project folder of the clone */
  async addPackages(packages: readonly PackedPackage[], project: string): Promise<void> {
    const lock = new PackageLock(join(project, 'package-lock.json'));
    for (const { name, tarball } of packages) {
      await copyFile(tarball, join(this.folder, basename(tarball)));
      const path = WITH_DEPENDENCIES[name];
      if (path !== undefined) {
        await this.addBill(basename(tarball, '.tgz'), billOfMaterials(lock, path));
      }
    }
  }

  /** The Python package has no dependencies, so it has no bill of materials. */
  async addPythonPackage(files: readonly string[]): Promise<void> {
    for (const file of files) {
      await copyFile(file, join(this.folder, basename(file)));
    }
  }

  /** Writes the hashes of all files that are there. @returns path of the list */
  async writeChecksums(): Promise<string> {
    const lines = (await this.list()).map(({ name, sha256 }) => `${sha256}  ${name}\n`);
    const file = join(this.folder, CHECKSUMS);
    await writeFile(file, lines.join(''));
    return file;
  }

  /** Files that a user checks by their hash. */
  async list(): Promise<readonly ReleaseFile[]> {
    const names = (await readdir(this.folder, { withFileTypes: true }))
      .filter((entry) => entry.isFile() && !entry.name.startsWith(CHECKSUMS) && !entry.name.startsWith('cosign.'))
      .map(({ name }) => name)
      .sort();
    return Promise.all(
      names.map(async (name) => {
        const file = join(this.folder, name);
        return { name, bytes: (await stat(file)).size, sha256: await sha256Of(file) };
      }),
    );
  }

  /** @returns path of the bill */
  async addBill(name: string, bill: object): Promise<string> {
    const file = join(this.folder, `${name}.cdx.json`);
    await writeFile(file, `${JSON.stringify(bill, undefined, 1)}\n`);
    return file;
  }
}
