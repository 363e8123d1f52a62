import { vaultOptionsFromEnvironment, vaultVariable } from '#core';
import type { Command } from 'commander';
import { describeCommand, SERVER_ENVIRONMENT } from '../lib/cli/command';
import { declaredDeployment } from '../lib/cli/declared-deployment';
import { encryptedConnection } from '../lib/server/encrypted-connection';
import { readKeyShares } from '../lib/operators/key-shares';
import { explainRefusals } from '../lib/operators/server-refusal';
import { unseal } from '../lib/server/keys/unsealing';
import { VaultClient } from '../lib/vault/vault-client';

/*
 * Gives a sealed server its key shares.
 */

const { VAULT_ADDR, VAULT_CACERT } = SERVER_ENVIRONMENT;

const HELP = `
Several people can each give a share from their own machine: the server counts them until it is restarted. It says
only at the last one whether all of them are right; where not, it forgets all of them.
`;

export function define(command: Command, signal: AbortSignal): void {
  describeCommand(command, {
    examples: {
      'webex-token-vault unseal --from secrets/operators': 'take the key shares from a folder',
    },
    summary:
      'Unseals one server, the one at VAULT_ADDR: run it once for each node. Key shares are asked for unseen, or come from files, or one a line on standard input; never from the command line.',
    environment: { VAULT_ADDR: VAULT_ADDR ?? '', VAULT_CACERT: VAULT_CACERT ?? '' },
  })
    .option('--from <folder>', 'take the key shares from this folder, as "init" wrote it')
    .option('--share-file <files...>', 'take them from these files, one share in each')
    .addHelpText('after', HELP)
    .action(async ({ from, shareFile }: { from?: string; shareFile?: string[] }) => {
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
      await explainRefusals(async () => {
        const { initialized, sealed, progress, t: threshold } = await client.sealStatus();
        if (initialized && !sealed) {
          process.stderr.write(`${client.address} is unsealed already\n`);
          return;
        }
        if (progress > 0) {
          process.stderr.write(`it has ${progress} of ${threshold} already\n`);
        }
        await unseal(client, readKeyShares({ files: shareFile, folder: from }, signal), {
          report: (given) =>
            process.stderr.write(
              given.repeated ? 'it had this one already\n' : `${given.given} of ${given.threshold}\n`,
            ),
          signal,
        });
        process.stderr.write(`${client.address} is unsealed\n`);
      });
    });
}
