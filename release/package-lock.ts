import { readFileSync } from 'node:fs';
import { z } from 'zod';

const names = z.record(z.string(), z.string()).default({});

const lockedPackage = z.object({
  /** Name of a workspace or an alias. Other packages have the name of their folder. */
  name: z.string().optional(),
  version: z.string().default(''),
  /** Algorithm and base64 hash. Bundled packages have none. */
  integrity: z.string().optional(),
  /** An SPDX expression, except in a few old packages. */
  license: z.unknown().optional(),
  /** Target folder of a link. */
  resolved: z.string().optional(),
  link: z.boolean().default(false),
  dependencies: names,
  optionalDependencies: names,
  peerDependencies: names,
  peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean().default(false) })).default({}),
});

type LockedPackage = z.output<typeof lockedPackage>;

/** A package in its folder. */
export interface PlacedPackage extends LockedPackage {
  readonly name: string;
  /** Relative to the project. */
  readonly path: string;
}

export class PackageLock {
  readonly #packages: Readonly<Record<string, LockedPackage>>;

  constructor(file: string) {
    const schema = z.object({ packages: z.record(z.string(), lockedPackage) });
    this.#packages = schema.parse(JSON.parse(readFileSync(file, 'utf8'))).packages;
  }

  /** @param path relative to the project; empty for the project itself */
  package(path: string): PlacedPackage | undefined {
    const found = this.#packages[path];
    if (found?.link) {
      return this.package(found.resolved ?? '');
    }
    return found && { ...found, path, name: found.name ?? path.replace(/^.*node_modules\//, '') };
  }

  /** The runtime dependencies of a package, including peers and packages for single platforms. */
  needs(needing: PlacedPackage): PlacedPackage[] {
    const peers = Object.keys(needing.peerDependencies).filter(
      (name) => needing.peerDependenciesMeta[name]?.optional !== true,
    );
    const needed = [...Object.keys(needing.dependencies), ...Object.keys(needing.optionalDependencies), ...peers];
    return [...new Set(needed)].flatMap((name) => this.#nearest(needing.path, name) ?? []);
  }

  /** Resolves a name as Node does. */
  #nearest(from: string, name: string): PlacedPackage | undefined {
    for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
      const found = this.package(`${folder}/node_modules/${name}`.replace(/^\//, ''));
      if (found !== undefined || folder === '') {
        return found;
      }
    }
  }
}
