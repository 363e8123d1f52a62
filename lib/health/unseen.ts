import type { VaultResponseError } from 'webex-token-client/core';

/** Why Vault does not show something, by its own words. */
export function whyUnseen({ statusCode, said }: VaultResponseError): string {
  return `${statusCode}: ${said || 'no message'}`;
}
