import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const manifestSchema = z.looseObject({
  name: z.string(),
  version: z.string(),
  files: z.array(z.string()).optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
});

export type Manifest = z.output<typeof manifestSchema>;

/** Fields that all packages of a release have in common, from the package.json of the project. */
const COMMON_FIELDS = ['version', 'license', 'repository', 'homepage', 'bugs'];

/** Fields that have no meaning outside of a clone, and the mark that keeps a clone from being published. */
const CLONE_FIELDS = ['private', 'workspaces', 'scripts', 'devDependencies'];

/** Files that npm packs without being asked. */
const ALWAYS_PACKED = ['LICENSE', 'README.md'];

export async function readManifest(folder: string): Promise<Manifest> {
  return manifestSchema.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
}

/** A folder with the content of one package, before it is packed. */
export class StagedPackage {
  private constructor(
    readonly folder: string,
    readonly manifest: Manifest,
  ) {}

  /**
   * @param common manifest of the project, which has the version and the addresses
   * @param own manifest of the package
   */
  static async in(folder: string, common: Manifest, own: Omit<Manifest, 'version'>): Promise<StagedPackage> {
    await mkdir(folder, { recursive: true });
    const kept = Object.entries(own).filter(([name]) => !CLONE_FIELDS.includes(name));
    const shared = COMMON_FIELDS.flatMap((name) => (common[name] === undefined ? [] : [[name, common[name]] as const]));
    const manifest = manifestSchema.parse({ ...Object.fromEntries(kept), ...Object.fromEntries(shared) });
    return new StagedPackage(folder, manifest);
  }

  /** Stages the files of a package that lies in the project, as its manifest lists them. */
  static async of(
    source: string,
    folder: string,
    common: Manifest,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<StagedPackage> {
    const own = await readManifest(source);
    const staged = await StagedPackage.in(folder, common, { ...own, ...more });
    for (const name of [...(own.files ?? []), ...ALWAYS_PACKED.filter((file) => existsSync(join(source, file)))]) {
      await staged.copy(join(source, name), name);
    }
    return staged;
  }

  async copy(file: string, name: string): Promise<void> {
    await cp(file, join(this.folder, name), { recursive: true });
  }

  async write(name: string, text: string): Promise<void> {
    const file = join(this.folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  async writeJson(name: string, value: unknown): Promise<void> {
    await this.write(name, `${JSON.stringify(value, undefined, 2)}\n`);
  }
}
