import { Argument, Option, type Command } from 'commander';
import { commandLine, quotedList, UsageError } from '#core';
import { DEFAULT_OPERATOR_FOLDER, OPERATORS_VARIABLE, type OperatorFolder } from '../../operators/operator-folder';
import { OPERATOR_NAMES, OPERATOR_PURPOSES, type OperatorName } from '../../operators/operators';

/** Names the folder with the login of the operator. */
export function operatorsOption(operator: OperatorName | '<operator>'): Option {
  return operatorFolderOption(`folder with ${operator}-role-id and ${operator}-secret-id`);
}

/** The same option of a command that writes logins. @param description purpose of the folder */
export function operatorFolderOption(description: string): Option {
  return new Option('--operators <folder>', description).env(OPERATORS_VARIABLE).default(DEFAULT_OPERATOR_FOLDER);
}

/** The folder, and whether the command line or the environment names it. */
export function operatorFolder(command: Command): OperatorFolder {
  const { operators } = command.opts<{ operators: string }>();
  return {
    path: operators || DEFAULT_OPERATOR_FOLDER,
    isNamed: operators !== '' && command.getOptionValueSource('operators') !== 'default',
  };
}

/** Names the operator that a command logs in. */
export function operatorArgument(): Argument {
  return new Argument('<operator>', OPERATOR_NAMES.map((name) => `"${name}" ${OPERATOR_PURPOSES[name]}`).join('; '));
}

/** The end of the help of commands that make operators. */
export function operatorHelp(): string {
  return `
Operators (auth/operators, one AppRole each):
${OPERATOR_NAMES.map((name) => `  ${name.padEnd(13)}  ${OPERATOR_PURPOSES[name]}`).join('\n')}
If deployment.ts declares operators.oidc, these AppRoles are for machines, and for times without the identity provider.
Members of its groups act as operators by "${commandLine('token', 'OPERATOR', '--oidc')}".
`;
}

/** @throws UsageError saying which there are */
export function operatorNamed(operator: string): OperatorName {
  const name = OPERATOR_NAMES.find((known) => known === operator);
  if (name === undefined) {
    throw new UsageError(`unknown operator "${operator}"; there are ${quotedList(OPERATOR_NAMES)}`);
  }
  return name;
}
