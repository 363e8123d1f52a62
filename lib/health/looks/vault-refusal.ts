import type { VaultResponseError } from '#core';

/** Vault's refusal, with its status and its own words. */
export function describeRefusal({ statusCode, said }: VaultResponseError): string {
  return `${statusCode}: ${said || 'no message'}`;
}
