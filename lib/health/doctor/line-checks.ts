import { commandLine, quotedList } from '#core';
import type { Credential } from '../../declaration/schema/deployment';
import { askersOf, isServiceApp, personBehind } from '../../declaration/schema/credential-declaration';
import type { Line, SecretIdLine } from '../report';
import { advice, note, Problem, type Advice } from './examination';

/*
 * Lines of the report as the doctor rates them. States such as a near expiry are advice. Any other unhealthy state is a
 * problem.
 */

/** States that a healthy deployment passes through, or that harm no grant. */
const ADVISED_STATES = ['healthy', 'expires soon', 'good', 'old', 'never'];

/** @returns the sound lines in words @throws Problem for the first bad line, a broken one before others */
export function requireSound(kind: string, lines: readonly Line[]): string {
  const bad = lines.filter(isProblem);
  const first = bad.find(({ severity }) => severity === 'broken') ?? bad[0];
  if (first !== undefined) {
    const { name, state, detail, next } = first;
    const more = bad.length > 1 ? `and ${bad.length - 1} more: ${commandLine('status')}` : undefined;
    const known = [next, more].filter((part) => part !== undefined);
    throw new Problem(`${kind} "${name}" (${state}): ${detail}`, known.length === 0 ? undefined : known.join(', '));
  }
  const [only] = lines;
  return lines.length === 1 && only !== undefined ? only.detail : `${lines.length} are in order`;
}

/** Work of the coming days, and notes on each line. */
export function lineAdvice(kind: string, lines: readonly Line[]): Advice[] {
  return lines.flatMap((line) => [
    ...(line.severity !== 'healthy' && !isProblem(line)
      ? [advice(`${kind} "${line.name}": ${line.detail}`, line.next)]
      : []),
    ...line.notes.map((each) => advice(`${kind} "${line.name}": ${each}`)),
  ]);
}

function isProblem({ severity, state }: Line): boolean {
  return severity !== 'healthy' && !ADVISED_STATES.includes(state);
}

/** Notes on the persons who are needed to get the grant of a Service App again. */
export function askerNotes(credentials: readonly Credential[]): Advice[] {
  return credentials.filter(isServiceApp).map((credential) => {
    const askers = quotedList(askersOf(credential, credentials).map(({ name }) => name));
    const person = personBehind(credential, credentials);
    const who =
      person === undefined
        ? 'no person has to consent again if one is lost'
        : `if "${person.name}" is lost, its person has to consent again`;
    return note(`credential "${credential.name}" gets its tokens through ${askers}; ${who}`);
  });
}

/**
 * Operators whose secret id never expires by design. The administrator must always be able to log in, and backups must not
 * stop silently.
 */
const ENDLESS_OPERATORS = ['administrator', 'backup'];

/** A forgotten copy of a secret id that never expires stays valid. */
export function endlessSecretIds(apps: readonly SecretIdLine[], operators: readonly SecretIdLine[]): Advice[] {
  const endless = operators.filter(isEndless).map(({ name }) => name);
  const others = endless.filter((name) => !ENDLESS_OPERATORS.includes(name));
  const byDesign = endless.filter((name) => ENDLESS_OPERATORS.includes(name));
  return [
    ...apps
      .filter(isEndless)
      .map(({ name }) =>
        advice(
          `the secret id of app "${name}" never expires, so a forgotten copy of it stays valid`,
          `declare its secretIdTtlSeconds, deploy, destroy its old secret ids, then: ${commandLine('issue', name)}`,
        ),
      ),
    ...others.map((name) =>
      advice(
        `the secret id of operator "${name}" never expires, so a forgotten copy of it stays valid`,
        commandLine('operators update', '--rotate'),
      ),
    ),
    ...(byDesign.length > 0
      ? [
          note(
            `the secret ids of ${quotedList(byDesign)} never expire by design; keep them where nobody else can read them`,
          ),
        ]
      : []),
  ];
}

function isEndless({ expireTime }: SecretIdLine): boolean {
  return expireTime === null;
}
