import { VaultResponseError } from '#core';
import type { VaultClient } from './vault-client';

/** Rights that are needed on a path: each of these capabilities. A list stands for one of its capabilities. */
export interface NeededRight {
  readonly path: string;
  readonly capabilities: readonly (string | readonly string[])[];
}

/**
 * Rights that the client's token lacks.
 *
 * @returns such as `update on sys/policies/acl/name`, each once; undefined if the token may not look them up
 */
export async function missingRights(
  vault: VaultClient,
  needed: readonly NeededRight[],
): Promise<readonly string[] | undefined> {
  const paths = [...new Set(needed.map(({ path }) => path))];
  if (paths.length === 0) {
    return [];
  }
  const capabilities = await vault.capabilitiesOf(paths).catch((error: unknown) => {
    if (error instanceof VaultResponseError && error.statusCode === 403) {
      return undefined;
    }
    throw error;
  });
  return capabilities && [...new Set(needed.flatMap((right) => missingOf(right, capabilities.get(right.path) ?? [])))];
}

function missingOf({ path, capabilities }: NeededRight, given: readonly string[]): string[] {
  return given.includes('root')
    ? []
    : capabilities
        .map((needed) => (typeof needed === 'string' ? [needed] : needed))
        .filter((oneOf) => !oneOf.some((one) => given.includes(one)))
        .map((oneOf) => `${oneOf.at(-1) ?? ''} on ${path}`);
}
