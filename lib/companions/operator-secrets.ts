import { commandLine, shellWord } from '#core';
import { DEFAULT_OPERATOR_FOLDER } from '../operators/operator-folder';
import type { OperatorName } from '../operators/operators';
import type { Companion } from './companion';

/*
 * The Secrets with the logins of operators. A person creates them, because these manifests hold no secret.
 */

/** Each operator has a Secret of its own, so a pod gets only the logins that its command needs. */
export function operatorSecret({ name }: Pick<Companion, 'name'>, operator: OperatorName): string {
  return `${name}-${operator}`;
}

/** Files of the login, as in the operators folder. The pod has them under the same names. */
export function loginFiles(operator: OperatorName): readonly string[] {
  return [`${operator}-role-id`, `${operator}-secret-id`];
}

/** Lines with the command that creates or replaces each Secret. */
export function operatorNotes(companion: Companion, operators: readonly OperatorName[]): string[] {
  const [secrets, theirs] =
    operators.length === 1 ? ['a Secret', 'its secret id expires'] : ['Secrets', 'their secret ids expire'];
  return [
    `The login of ${operators.join(' and ')} must be in ${secrets}. The observer can read every access token, so guard the Secrets of this namespace.`,
    `Create ${operators.length === 1 ? 'it' : 'them'} as follows. To replace one, delete it first:`,
    ...operators.map((operator) => `  ${secretCommand(companion, operator)}`),
    `After 90 days ${theirs}. "${commandLine('operators update', '--rotate')}" renews those of all operators. Running pods take the new files.`,
  ];
}

/** The arguments name files, so no list of processes shows the login. */
function secretCommand(companion: Companion, operator: OperatorName): string {
  const files = loginFiles(operator).map((file) => `--from-file=${DEFAULT_OPERATOR_FOLDER}/${file}`);
  const secret = shellWord(operatorSecret(companion, operator));
  return `kubectl -n ${companion.namespace} create secret generic ${secret} ${files.join(' ')}`;
}
