import { UsageError } from '#core';

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
    throw new UsageError(`there is no terminal to ask ${asked}; say so with --yes`);
  }
  const { confirm } = await import('@inquirer/prompts');
  return confirm({ message: question, default: false }, { signal, output: process.stderr });
}
