import { ourCommand } from '#core';

/** Command line that writes what Vault lacks or has otherwise than declared. */
export function deployCommand(): string {
  return ourCommand('deploy', 'webex-tokens');
}
