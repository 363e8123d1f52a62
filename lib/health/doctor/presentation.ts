import { styleText } from 'node:util';
import { oneLine } from '#core';
import type { Diagnosis } from './diagnosis';
import type { Advice, Finding } from './examination';

/*
 * The diagnosis, for a terminal and for programs.
 */

/** One line: `ok`, or `error:` with the next step. */
export function findingLine({ check, state, detail, next }: Finding, colors: boolean): string {
  const paint = (style: 'green' | 'red', text: string): string =>
    colors ? styleText(style, text, { validateStream: false }) : text;
  return state === 'ok'
    ? `${paint('green', 'ok')}     ${check}: ${detail}`
    : `${paint('red', 'error:')} ${check}: ${detail}${next === undefined ? '' : `; ${oneLine(next)}`}`;
}

/** Text without a final line feed. It is empty if there is no advice. */
export function adviceText(advice: readonly Advice[]): string {
  const lines = (['advice', 'note'] as const).flatMap((kind) =>
    advice
      .filter((each) => each.kind === kind)
      .map(
        ({ detail, next }) => `${kind.padEnd(6)} ${oneLine(detail)}${next === undefined ? '' : `; ${oneLine(next)}`}`,
      ),
  );
  return [...new Set(lines)].join('\n');
}

export function diagnosisJson({ findings, advice }: Diagnosis): object {
  return {
    healthy: findings.every(({ state }) => state === 'ok'),
    findings: findings.map(({ next = null, ...finding }) => ({ ...finding, next })),
    advice: advice.map(({ next = null, ...each }) => ({ ...each, next })),
  };
}
