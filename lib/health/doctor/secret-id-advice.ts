import { ourCommand, quotedList } from '#core';
import type { SecretIdLine } from '../report';
import { advice, note, type Advice } from './advice';

/** Whose never end by design: without the one nobody gets in again, without the other backups would end silently. */
const ENDLESS_OPERATORS = ['administrator', 'backup'];

/** Secret ids without end: a forgotten copy of one is good for ever. */
export function secretIdAdvice(apps: readonly SecretIdLine[], operators: readonly SecretIdLine[]): Advice[] {
  const endlessApps = apps.filter(isEndless).map(({ name }) => name);
  const endless = operators.filter(isEndless).map(({ name }) => name);
  const others = endless.filter((name) => !ENDLESS_OPERATORS.includes(name));
  const byDesign = endless.filter((name) => ENDLESS_OPERATORS.includes(name));
  return [
    ...endlessApps.map((name) =>
      advice(
        `app "${name}" has a secret id without end, so a forgotten copy of it is good for ever`,
        `declare its secretIdTtlSeconds, deploy, destroy what was issued before, and then: ${ourCommand('issue', name)}`,
      ),
    ),
    ...others.map((name) =>
      advice(
        `operator "${name}" has a secret id without end, so a forgotten copy of it is good for ever`,
        ourCommand('init', '--update-policy', '--new-secret-ids'),
      ),
    ),
    ...(byDesign.length > 0
      ? [note(`the secret ids of ${quotedList(byDesign)} never end, as is meant; keep them where nobody else looks`)]
      : []),
  ];
}

function isEndless({ expireTime }: SecretIdLine): boolean {
  return expireTime === null;
}
