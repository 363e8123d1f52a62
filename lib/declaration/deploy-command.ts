import { commandLine } from '#core';

/** Command line that changes Vault to the declaration. */
export function deployCommand(): string {
  return commandLine('deploy', 'webex-tokens');
}
