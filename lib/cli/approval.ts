import { ExplainedError, quotedList, UsageError } from 'webex-token-client/core';
import type { Consequences } from '../terraform/consequences';

export interface ApprovalOptions {
  /** Without a question. */
  readonly autoApprove?: boolean;
  /** Credentials whose loss is accepted. */
  readonly lose?: readonly string[];
}

/** @throws UsageError where nobody can be asked, and nothing was said beforehand */
export function refuseUnanswerable({ autoApprove, json }: ApprovalOptions & { readonly json?: boolean }): void {
  if (!autoApprove && (json || !process.stdin.isTTY)) {
    const why = json ? 'with --json nobody is asked' : 'there is no terminal to ask at';
    throw new UsageError(
      `${why} whether the changes shall be made; say so with --auto-approve, or look first with diff`,
    );
  }
}

/** Says what people will notice. */
export function tell({ notices, losses }: Consequences, more: readonly string[] = []): void {
  const lines = [
    ...notices,
    ...losses.map(
      ({ credential, why }) => `credential "${credential}" is lost: ${why}; only a person can give it again`,
    ),
    ...more,
  ];
  process.stderr.write(lines.length > 0 ? `\n${lines.map((line) => `- ${line}`).join('\n')}\n\n` : '\n');
}

/**
 * Says what people will notice, and asks. What ends a grant wants its name.
 *
 * @returns whether to go on
 * @throws ExplainedError where a grant would end, and nobody said so
 */
export async function approved(
  { notices, losses }: Consequences,
  question: string,
  { autoApprove, lose = [] }: ApprovalOptions,
  signal: AbortSignal,
): Promise<boolean> {
  tell({ notices, losses });
  const names = losses.map(({ credential }) => credential).filter((name) => !lose.includes(name));
  if (autoApprove) {
    if (names.length > 0) {
      throw new ExplainedError(
        `this would lose ${quotedList(names)}, so nothing was changed; keep what is declared, or accept it: ${names.map((name) => `--lose ${name}`).join(' ')}`,
      );
    }
    return true;
  }
  const { confirm, input } = await import('@inquirer/prompts');
  const context = { signal, output: process.stderr };
  for (const name of names) {
    const typed = await input({ message: `To lose credential "${name}", type its name:` }, context);
    if (typed.trim() !== name) {
      return false;
    }
  }
  return confirm({ message: question, default: false }, context);
}
