import { vaultOptionsFromEnvironment, vaultVariable } from '#core';
import type { Command } from 'commander';
import { describeCommand, say } from '../lib/cli/command';
import { SERVER_ENVIRONMENT } from '../lib/cli/help-environment';
import { declaredDeployment } from '../lib/cli/operated-command';
import { addKeyShareOptions } from '../lib/cli/options/key-share-options';
import { readKeyShares, type KeyShareOptions } from '../lib/operators/key-shares';
import { encryptedConnection } from '../lib/server/encrypted-connection';
import { unseal } from '../lib/server/keys/unsealing';
import { VaultClient } from '../lib/vault/vault-client';

const { VAULT_ADDR, VAULT_CACERT } = SERVER_ENVIRONMENT;

const HELP = `
Several people can each give a share from their own machine: the server counts them until it is restarted. It says
only at the last one whether all of them are right. If they are not, it forgets all of them.
`;

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    summary:
      'Unseals the server at VAULT_ADDR. Run it once for each node. Key shares are typed unseen, or come from files or standard input, one a line, but never from the command line.',
    examples: {
      'webex-token-vault unseal': 'ask for the key shares, one after the other',
      'webex-token-vault unseal --share-file /media/usb/key-share-1': 'give one share, as one of several people',
    },
    environment: { VAULT_ADDR: VAULT_ADDR ?? '', VAULT_CACERT: VAULT_CACERT ?? '' },
  }).addHelpText('after', HELP);
  addKeyShareOptions(command).action(async (options: KeyShareOptions) => {
    // In an emergency this must not depend on the rest of the project.
    const isKnown = vaultVariable('ADDR') !== undefined;
    const address = isKnown ? undefined : (await declaredDeployment(command)).deployment.vault.address;
    const client = new VaultClient({
      ...encryptedConnection(vaultOptionsFromEnvironment({ address })),
      namespace: undefined,
      token: undefined,
      // A share that was being given may count: the server says so the next time.
      signal,
    });
    const { initialized, sealed, progress, t: threshold } = await client.sealStatus();
    if (initialized && !sealed) {
      say(`${client.address} is unsealed already`);
      return;
    }
    if (progress > 0) {
      say(`it has ${progress} of ${threshold} already`);
    }
    await unseal(client, readKeyShares(options, signal), {
      report: (given) => say(given.repeated ? 'it had this one already' : `${given.given} of ${given.threshold}`),
      signal,
    });
    say(`${client.address} is unsealed`);
  });
}
