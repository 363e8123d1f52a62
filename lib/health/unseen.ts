import type { VaultResponseError } from '#core';

/** Why Vault does not show something, by its own words. */
export function whyUnseen({ statusCode, said }: VaultResponseError): string {
  return `${statusCode}: ${said || 'no message'}`;
}
