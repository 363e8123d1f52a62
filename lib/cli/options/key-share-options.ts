import type { Command } from 'commander';
import { readKeyShares } from '../../operators/key-shares';

export interface KeyShareOptions {
  readonly keyShares?: string;
  readonly shareFile?: string[];
}

/** Gives a command the options that say where key shares are. */
export function addKeyShareOptions(command: Command): Command {
  return command
    .option('--key-shares <folder>', 'take the key shares from this folder, as "init" wrote it')
    .option('--share-file <files...>', 'take the key shares from these files, one in each');
}

/** Key shares of the files that were named, else of standard input or of a person who is asked. */
export function keySharesOf({ keyShares, shareFile }: KeyShareOptions, signal: AbortSignal): AsyncGenerator<string> {
  return readKeyShares({ files: shareFile, folder: keyShares }, signal);
}
