/** A grant that is deleted, or that can no longer be refreshed. Only a person can give it again. */
export interface Loss {
  /** `integration` if no credential of it is known, and one may have had a grant. */
  readonly kind: 'credential' | 'integration';
  /** As `--allow-loss` takes it. */
  readonly name: string;
  readonly why: string;
}

/** Effects of a change that people notice, in the words of the declaration. */
export interface Consequences {
  readonly notices: readonly string[];
  readonly losses: readonly Loss[];
}

export const NOTHING: Consequences = { notices: [], losses: [] };

export function noticed(...notices: readonly string[]): Consequences {
  return { notices, losses: [] };
}

export function lost(credentials: readonly string[], why: string): Loss[] {
  return credentials.map((name) => ({ kind: 'credential', name, why }));
}

/** All of them, each once. A loss keeps its first reason. */
export function joined(found: readonly Consequences[]): Consequences {
  const losses = new Map(
    found
      .flatMap((each) => each.losses)
      .toReversed()
      .map((loss) => [`${loss.kind} ${loss.name}`, loss] as const),
  );
  return { notices: [...new Set(found.flatMap(({ notices }) => notices))], losses: [...losses.values()].toReversed() };
}
