import { ourCommand } from '#core';
import type { Line } from '../report';
import { advice, type Advice } from './advice';
import { Wrong } from './examination';

/*
 * Lines of the report as the doctor takes them: what ends soon is advice, all else that is not healthy is wrong.
 */

const SOON = ['healthy', 'ends soon', 'good', 'old', 'never'];

/** @throws Wrong for the first of them that is wrong, what is broken before what will be */
export function requireSound(kind: string, lines: readonly Line[]): void {
  const wrong = lines.filter(isWrong);
  const first = wrong.find(({ severity }) => severity === 'broken') ?? wrong[0];
  if (first !== undefined) {
    const { name, state, detail, next = ourCommand('status') } = first;
    const more = wrong.length > 1 ? `, and ${wrong.length - 1} more: ${ourCommand('status')}` : '';
    throw new Wrong(`${kind} "${name}" is not well (${state}): ${detail}`, `${next}${more}`);
  }
}

/** What is to be done within days, and what is worth knowing besides. */
export function lineAdvice(kind: string, lines: readonly Line[]): Advice[] {
  return lines.flatMap((line) => [
    ...(line.severity !== 'healthy' && !isWrong(line)
      ? [advice(`${kind} "${line.name}": ${line.detail}`, line.next)]
      : []),
    ...line.notes.map((each) => advice(`${kind} "${line.name}": ${each}`)),
  ]);
}

function isWrong({ severity, state }: Line): boolean {
  return severity !== 'healthy' && !SOON.includes(state);
}
