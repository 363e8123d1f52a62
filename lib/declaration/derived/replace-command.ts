import { commandLine } from '#core';
import type { Credential } from '../schema/deployment';

/** Command that replaces a grant that still works. */
export function replaceCommand({ name, serviceApp }: Pick<Credential, 'name' | 'serviceApp'>): string {
  return commandLine('authorize', name, ...(serviceApp === undefined ? ['--pkce'] : []), '--replace');
}
