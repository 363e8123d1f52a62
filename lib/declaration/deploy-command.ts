import { commandLine } from '#core';

/** Command line that writes what Vault lacks or has otherwise than declared. */
export function deployCommand(): string {
  return commandLine('deploy', 'webex-tokens');
}
