import { shellWord } from '#core';

/** Variables, as a shell sets them: before a command, or after `export`. */
export function assignments(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${shellWord(value)}`)
    .join(' ');
}
