import type { VaultResponseError } from '#core';

/** Why Vault shows something to nobody, in its own words. */
export function describeRefusal({ statusCode, said }: VaultResponseError): string {
  return `${statusCode}: ${said || 'no message'}`;
}
