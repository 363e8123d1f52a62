import { readFileSync } from 'node:fs';
import { z } from 'zod';

const names = z.record(z.string(), z.string()).default({});

const lockedPackage = z.object({
  /** Of a workspace, or one that is asked for by another name; the others are called as their folders are. */
  name: z.string().optional(),
  version: z.string().default(''),
  /** Base64 behind the name of its algorithm. Not there for what is inside of another package. */
  integrity: z.string().optional(),
  /** An SPDX expression; a few old packages have something else. */
  license: z.unknown().optional(),
  /** Of a link: the folder that it leads to. */
  resolved: z.string().optional(),
  link: z.boolean().default(false),
  dependencies: names,
  optionalDependencies: names,
  peerDependencies: names,
  peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean().default(false) })).default({}),
});

type LockedPackage = z.output<typeof lockedPackage>;

/** A package where npm puts it. */
export interface PlacedPackage extends LockedPackage {
  readonly name: string;
  /** From the project's folder. */
  readonly path: string;
}

/** What npm has pinned, each by its hash. */
export class PackageLock {
  readonly #packages: Readonly<Record<string, LockedPackage>>;

  constructor(file: string) {
    const schema = z.object({ packages: z.record(z.string(), lockedPackage) });
    this.#packages = schema.parse(JSON.parse(readFileSync(file, 'utf8'))).packages;
  }

  /** @param path from the project's folder; the project itself: an empty text */
  package(path: string): PlacedPackage | undefined {
    const found = this.#packages[path];
    if (found?.link) {
      return this.package(found.resolved ?? '');
    }
    return found && { ...found, path, name: found.name ?? path.replace(/^.*node_modules\//, '') };
  }

  /** All that a package needs to run: what its users are to have beside it too, and what is of one platform only. */
  needs(needing: PlacedPackage): PlacedPackage[] {
    const peers = Object.keys(needing.peerDependencies).filter(
      (name) => needing.peerDependenciesMeta[name]?.optional !== true,
    );
    const needed = [...Object.keys(needing.dependencies), ...Object.keys(needing.optionalDependencies), ...peers];
    return [...new Set(needed)].flatMap((name) => this.#nearest(needing.path, name) ?? []);
  }

  /** Where Node looks for it. */
  #nearest(from: string, name: string): PlacedPackage | undefined {
    for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
      const found = this.package(`${folder}/node_modules/${name}`.replace(/^\//, ''));
      if (found !== undefined || folder === '') {
        return found;
      }
    }
  }
}
