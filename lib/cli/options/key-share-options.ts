import type { Command } from 'commander';
import { UsageError } from '#core';
import { checkKeyOptions, type KeyOptions } from '../../server/keys/new-key';

/** Gives a command the options that name key shares. */
export function addKeyShareOptions(command: Command): Command {
  return command
    .option('--key-shares <folder>', 'Folder with the key shares, as "init" wrote it')
    .option('--share-file <files...>', 'Files with one key share each');
}

/**
 * How the unseal key of a snapshot is split. The snapshot does not contain it, so a person is asked for missing numbers.
 *
 * @throws UsageError if there is no terminal, or the numbers do not fit
 */
export async function askKeyOptions(
  { shares, threshold }: Partial<KeyOptions>,
  signal: AbortSignal,
): Promise<KeyOptions> {
  if ((shares === undefined || threshold === undefined) && !process.stdin.isTTY) {
    throw new UsageError(
      'there is no terminal to ask how the unseal key of the snapshot is split; give --shares and --threshold',
    );
  }
  const key = {
    shares: shares ?? (await askNumber('How many shares does the unseal key of the snapshot have?', signal)),
    threshold: threshold ?? (await askNumber('How many of them are needed to unseal?', signal)),
  };
  checkKeyOptions(key);
  return key;
}

async function askNumber(message: string, signal: AbortSignal): Promise<number> {
  const prompts = await import('@inquirer/prompts');
  return prompts.number({ message, min: 1, max: 255, required: true }, { signal, output: process.stderr });
}
