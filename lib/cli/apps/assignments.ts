import { shellWord } from '#core';

/** Variables in a shell's notation, for the start of a command or for `export`. */
export function assignments(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${shellWord(value)}`)
    .join(' ');
}
