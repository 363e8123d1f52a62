import { Option, type Command } from 'commander';
import { UsageError } from '#core';

/** Gives a command the options that answer its question: `--yes`, and `--auto-approve` as Terraform calls it. */
export function addYesOption(command: Command): Command {
  return command
    .option('--yes', 'Do not ask for confirmation; required without a terminal')
    .addOption(new Option('--auto-approve', 'The same as --yes').implies({ yes: true }));
}

export interface ConfirmationOptions {
  /** Whether `--yes` has answered the question. @default false */
  readonly yes?: boolean;
  /** Subject of the question, such as "whether to restore". */
  readonly asked: string;
  readonly signal: AbortSignal;
}

/** Asks a person to confirm. @throws UsageError if there is no terminal */
export async function confirmed(
  question: string,
  { yes = false, asked, signal }: ConfirmationOptions,
): Promise<boolean> {
  if (yes) {
    return true;
  }
  if (!process.stdin.isTTY) {
    throw new UsageError(`there is no terminal to ask ${asked}; add --yes if you are sure`);
  }
  const { confirm } = await import('@inquirer/prompts');
  return confirm({ message: question, default: false }, { signal, output: process.stderr });
}
