import type { Command } from 'commander';
import { readKeyShares } from '../../operators/key-shares';

export interface KeyShareOptions {
  readonly keyShares?: string;
  readonly shareFile?: string[];
}

/** Gives a command the options that name key shares. */
export function addKeyShareOptions(command: Command): Command {
  return command
    .option('--key-shares <folder>', 'read the key shares from this folder, as "init" wrote it')
    .option('--share-file <files...>', 'read the key shares from these files, one in each');
}

/** Reads key shares from the named files, or from standard input, or asks a person. */
export function keySharesOf({ keyShares, shareFile }: KeyShareOptions, signal: AbortSignal): AsyncGenerator<string> {
  return readKeyShares({ files: shareFile, folder: keyShares }, signal);
}
