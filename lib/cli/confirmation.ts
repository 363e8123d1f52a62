import { UsageError } from '#core';

export interface ConfirmationOptions {
  /** Whether the answer was given beforehand, by --yes. */
  readonly yes?: boolean;
  /** Says what nobody can be asked for, such as "whether to restore". */
  readonly asked: string;
  readonly signal: AbortSignal;
}

/** Asks a person for a yes. @throws UsageError where there is no terminal */
export async function confirmed(
  question: string,
  { yes = false, asked, signal }: ConfirmationOptions,
): Promise<boolean> {
  if (yes) {
    return true;
  }
  if (!process.stdin.isTTY) {
    throw new UsageError(`there is no terminal to ask ${asked}; say so with --yes`);
  }
  const { confirm } = await import('@inquirer/prompts');
  return confirm({ message: question, default: false }, { signal, output: process.stderr });
}
