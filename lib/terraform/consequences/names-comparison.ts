export function paired<Value>(before: Readonly<Record<string, Value>>, after: Readonly<Record<string, Value>>) {
  const later = new Map(Object.entries(after));
  const earlier = new Map(Object.entries(before));
  return {
    both: [...earlier].flatMap(([name, from]) => {
      const to = later.get(name);
      return to === undefined ? [] : [[name, from, to] as const];
    }),
    gone: [...earlier].filter(([name]) => !later.has(name)),
    added: [...later].filter(([name]) => !earlier.has(name)),
  };
}

/** Advice for a thing that is removed only because it was renamed without a `vaultName`. */
export function howToKeep(
  gone: { readonly inVault: string; readonly name: string },
  added: readonly (readonly [inVault: string, { readonly name: string }])[],
  stays: string,
): string {
  const names = added.map(([, { name }]) => name);
  if (names.includes(gone.name)) {
    return `; declare its vaultName: "${gone.inVault}" again, and ${stays}`;
  }
  return names.length === 0
    ? ''
    : `; if it was renamed to ${names.map((name) => `"${name}"`).join(' or ')}, declare vaultName: "${gone.inVault}" there, and ${stays}`;
}
