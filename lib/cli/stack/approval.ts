import type { Command } from 'commander';
import { commandLine, ExplainedError, quotedList, UsageError } from '#core';
import type { Consequences, Loss } from '../../terraform/consequences/consequence';
import { declaringFile } from '../../declaration/deployment-file';
import { say } from '../command';
import { addYesOption } from '../confirmation';

export interface ApprovalOptions {
  /** Whether to skip the question. @default false */
  readonly yes?: boolean;
  /** Names of credentials, or of integrations, whose loss is accepted. @default - none */
  readonly allowLoss?: readonly string[];
}

/** Gives a command the options of {@link ApprovalOptions}. */
export function addApprovalOptions(command: Command): Command {
  return addYesOption(command).option(
    '--allow-loss <credential>',
    'Accept the loss of the grant of this credential; may be given several times',
    (name: string, before: readonly string[] | undefined) => [...(before ?? []), name],
  );
}

/** @throws UsageError if nobody can be asked, and `--yes` is missing */
export function refuseUnanswerable(
  { yes, json }: ApprovalOptions & { readonly json?: boolean },
  { destroy = false }: { readonly destroy?: boolean } = {},
): void {
  if (!yes && (json || !process.stdin.isTTY)) {
    const why = json ? 'with --json, nobody is asked for confirmation' : 'there is no terminal to ask for confirmation';
    const next = destroy
      ? 'add --yes to destroy without a question, or run this in a terminal to see the deletions first'
      : `add --yes to make the changes, or show them with "${commandLine('diff')}"`;
    throw new UsageError(`${why}; ${next}`);
  }
}

/** Prints what people will notice. @param more further lines @default - none */
export function tell({ notices, losses }: Consequences, more: readonly string[] = []): void {
  const lines = [
    ...notices,
    ...losses.map((loss) => `${lostBy(loss)} is lost: ${loss.why}; only a person can consent again`),
    ...more,
  ];
  say(lines.length > 0 ? `\n${lines.map((line) => `- ${line}`).join('\n')}\n` : '');
}

function lostBy({ kind, name }: Loss): string {
  return kind === 'credential' ? `credential "${name}"` : `the grant of integration "${name}"`;
}

/**
 * Prints what people will notice, and asks. A person accepts each loss of a grant by its name.
 *
 * @throws ExplainedError if `--yes` is given, and a loss is not accepted
 */
export async function approved(
  consequences: Consequences,
  question: string,
  { yes, allowLoss = [] }: ApprovalOptions,
  signal: AbortSignal,
): Promise<boolean> {
  tell(consequences);
  const unaccepted = consequences.losses.filter(({ name }) => !allowLoss.includes(name));
  const names = unaccepted.map(({ name }) => name);
  if (yes) {
    if (names.length > 0) {
      throw new ExplainedError(
        `this would lose the grant of ${quotedList(names)}, so nothing was changed; undo the change in ${declaringFile()}, or accept the loss: ${names.map((name) => `--allow-loss ${name}`).join(' ')}`,
      );
    }
    return true;
  }
  const { confirm, input } = await import('@inquirer/prompts');
  const context = { signal, output: process.stderr };
  for (const { kind, name } of unaccepted) {
    const typed = await input({ message: `Type the name of ${kind} "${name}" to accept its loss:` }, context);
    if (typed.trim() !== name) {
      return false;
    }
  }
  return confirm({ message: question, default: false }, context);
}
