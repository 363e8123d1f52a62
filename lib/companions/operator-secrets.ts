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
  const [secrets, theirs] = operators.length === 1 ? ['a Secret', 'its secret id'] : ['Secrets', 'their secret ids'];
  return [
    `The login of ${operators.join(' and ')} must be in ${secrets}. The observer can read every access token, so guard the Secrets of this namespace.`,
    `Create or replace ${operators.length === 1 ? 'it' : 'them'} as follows:`,
    ...operators.map((operator) => `  ${secretCommand(companion, operator)}`),
    `Every 90 days ${theirs} must be renewed: "${commandLine('operators update', '--rotate')}" renews those of all operators. Pods read the files at each login, so none restarts.`,
  ];
}

/** No value of the login is an argument, and no annotation has a copy of it. */
function secretCommand(companion: Companion, operator: OperatorName): string {
  const files = loginFiles(operator).map((file) => `--from-file=${DEFAULT_OPERATOR_FOLDER}/${file}`);
  const secret = shellWord(operatorSecret(companion, operator));
  return `kubectl -n ${companion.namespace} create secret generic ${secret} ${files.join(' ')} --dry-run=client -o yaml | kubectl apply --server-side -f -`;
}
