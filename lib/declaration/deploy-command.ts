import { commandLine } from '#core';

/** Command line that deploys the declaration to Vault. */
export function deployCommand(): string {
  return commandLine('deploy', 'webex-tokens');
}
