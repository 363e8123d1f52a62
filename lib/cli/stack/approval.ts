import { ExplainedError, quotedList, UsageError } from '#core';
import type { Consequences, Loss } from '../../terraform/consequences/consequence';

export interface ApprovalOptions {
  /** Without a question. */
  readonly yes?: boolean;
  /** Names of credentials, or of integrations, whose loss is accepted. */
  readonly allowLoss?: readonly string[];
}

/** @throws UsageError where nobody can be asked, and nothing was said beforehand */
export function refuseUnanswerable({ yes, json }: ApprovalOptions & { readonly json?: boolean }): void {
  if (!yes && (json || !process.stdin.isTTY)) {
    const why = json ? 'with --json nobody is asked' : 'there is no terminal to ask at';
    throw new UsageError(`${why} whether the changes shall be made; say so with --yes, or look first with diff`);
  }
}

/** Says what people will notice. */
export function tell({ notices, losses }: Consequences, more: readonly string[] = []): void {
  const lines = [
    ...notices,
    ...losses.map((loss) => `${lostBy(loss)} is lost: ${loss.why}; only a person can give it again`),
    ...more,
  ];
  process.stderr.write(lines.length > 0 ? `\n${lines.map((line) => `- ${line}`).join('\n')}\n\n` : '\n');
}

function lostBy({ kind, name }: Loss): string {
  return kind === 'credential' ? `credential "${name}"` : `the grant of integration "${name}"`;
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
  { yes, allowLoss = [] }: ApprovalOptions,
  signal: AbortSignal,
): Promise<boolean> {
  tell({ notices, losses });
  const unaccepted = losses.filter(({ name }) => !allowLoss.includes(name));
  const names = unaccepted.map(({ name }) => name);
  if (yes) {
    if (names.length > 0) {
      throw new ExplainedError(
        `this would lose ${quotedList(names)}, so nothing was changed; keep what is declared, or accept it: ${names.map((name) => `--allow-loss ${name}`).join(' ')}`,
      );
    }
    return true;
  }
  const { confirm, input } = await import('@inquirer/prompts');
  const context = { signal, output: process.stderr };
  for (const { kind, name } of unaccepted) {
    const typed = await input({ message: `To lose ${kind} "${name}", type its name:` }, context);
    if (typed.trim() !== name) {
      return false;
    }
  }
  return confirm({ message: question, default: false }, context);
}

/** For an option that is given once for each name. */
export function oneMore(name: string, before: readonly string[] = []): readonly string[] {
  return [...before, name];
}
