import { devDependencies, peerDependencies, version } from '../../package.json';

/* The versions of this release. The build copies them from package.json, so they need no second place. */

/** Version of all packages of the project. */
export const VERSION = version;

const TESTED: Readonly<Record<string, string>> = devDependencies;

/** The dependencies of a deployment: both programs, and the peers in the versions that this project is tested with. */
export const DEPENDENCIES: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ...Object.keys(peerDependencies).map((name) => [name, TESTED[name] ?? ''] as const),
    ['webex-token-client', version] as const,
    ['webex-token-vault', version] as const,
  ].sort(([one], [other]) => (one < other ? -1 : 1)),
);
