import type { PackageLock, PlacedPackage } from '../package-lock';

/**
 * Packages that the image leaves out. `tsx` has a compiler for one platform, and Node reads TypeScript by itself. Only another run
 * time than Node loads `bare-*`.
 */
const LEFT_OUT = /^(?:tsx$|bare-)/;

/**
 * The packages that a published package loads at run time on any platform. Peers are not among them: only a deploy needs CDKTF.
 *
 * @param path folder of the package in the project; empty for the project itself
 * @returns the packages in their folders, without the package itself
 */
export function runtimePackages(lock: PackageLock, path: string): readonly PlacedPackage[] {
  const found = new Map<string, PlacedPackage>();
  const visit = (needing: PlacedPackage): void => {
    for (const needed of lock.needs(needing)) {
      const isWanted = needed.name in needing.dependencies && !(needed.name in needing.optionalDependencies);
      if (isWanted && !LEFT_OUT.test(needed.name) && !found.has(needed.path)) {
        found.set(needed.path, needed);
        visit(needed);
      }
    }
  };
  const root = lock.package(path);
  if (root === undefined) {
    throw new Error(`package-lock.json has no package at "${path}"; run npm install`);
  }
  visit(root);
  return [...found.values()];
}
