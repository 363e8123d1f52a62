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

const DETAILS = [
  'Run it once for each node. Key shares are typed unseen, or come from files or standard input, one a line. They never come from the command line.',
  'Several people can each give a share from their own machine, because the server counts shares until it is restarted. Only the last share shows whether all of them are right. If one is wrong, the server forgets all of them.',
];

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    summary: 'Unseals the server at VAULT_ADDR with its key shares.',
    details: DETAILS,
    examples: {
      'webex-token-vault unseal': 'Ask for the key shares, one after the other',
      'webex-token-vault unseal --share-file /media/usb/key-share-1': 'Give one share, as one of several people',
    },
    environment: { VAULT_ADDR: VAULT_ADDR ?? '', VAULT_CACERT: VAULT_CACERT ?? '' },
  });
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
      say(`the server has ${progress} of ${threshold} key shares already`);
    }
    await unseal(client, readKeyShares(options, signal), {
      report: (given) =>
        say(
          given.repeated ? 'the server had this key share already' : `${given.given} of ${given.threshold} key shares`,
        ),
      signal,
    });
    say(`${client.address} is unsealed`);
  });
}
