import { Argument, Option, type Command } from 'commander';
import { existsSync } from 'node:fs';
import { commandLine, vaultOptionsFromEnvironment } from '#core';
import { declaringFile, deploymentFile } from '../declaration/deployment-file';
import { loadDeployment, type LoadedDeployment } from '../declaration/files/load-deployment';
import type { Deployment } from '../declaration/schema/deployment';
import type { HelpPart } from './command-help';
import { DEFAULT_OPERATOR_FOLDER, OPERATORS_VARIABLE, type OperatorFolder } from '../operators/operator-folder';
import { OperatorSession } from '../operators/operator-session';
import { OPERATOR_NAMES, OPERATOR_PURPOSES, type OperatorName } from '../operators/operators';

/*
 * Commands that work on the declared deployment, most of them as an operator.
 */

/** Loads the deployment of a command. An action calls it, so `--help` works without a deployment. */
export function declaredDeployment(command: Command): Promise<LoadedDeployment> {
  const { deployment } = command.optsWithGlobals<{ deployment?: string }>();
  return loadDeployment(deployment || deploymentFile());
}

/**
 * Loads the deployment of a command that can do without.
 *
 * @returns undefined if no deployment is named, and the current folder has no default file
 */
export async function deploymentIfAny(command: Command): Promise<LoadedDeployment | undefined> {
  const { deployment } = command.optsWithGlobals<{ deployment?: string }>();
  const isDefault = command.getOptionValueSourceWithGlobals('deployment') === 'default';
  // An empty variable names no file.
  return (deployment && !isDefault) || existsSync(declaringFile()) ? declaredDeployment(command) : undefined;
}

/** Names the folder with the login of the operator. */
export function operatorsOption(operator: OperatorName | '<operator>'): Option {
  return operatorFolderOption(`Folder with ${operator}-role-id and ${operator}-secret-id`);
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

/**
 * Opens the session of the operator that a command acts as, at the Vault of the environment or of the deployment.
 *
 * @param roleFromEnvironment whether `VAULT_ROLE_ID` may be the role of this operator
 */
export function openSession(
  command: Command,
  deployment: Deployment,
  operator: OperatorName,
  signal: AbortSignal,
  roleFromEnvironment = false,
): Promise<OperatorSession> {
  const options = { operators: operatorFolder(command), roleFromEnvironment, signal };
  return OperatorSession.open(vaultOptionsFromEnvironment(deployment.vault), operator, options);
}

/** Names the operator that a command logs in. */
export function operatorArgument(): Argument {
  return new Argument('<operator>', 'Operator to log in').choices(OPERATOR_NAMES);
}

/** A part of the help of commands that log an operator in. */
export const OPERATOR_LIST: HelpPart = { title: 'Operators', rows: OPERATOR_PURPOSES };

/** Parts of the help of commands that create operators. */
export function operatorHelp(): readonly HelpPart[] {
  return [
    { title: 'Operators (auth/operators, one AppRole each)', rows: OPERATOR_PURPOSES },
    `If the deployment declares operators.oidc, these AppRoles are for machines, and for times without the identity provider. Members of its groups log in with "${commandLine('token', 'OPERATOR', '--oidc')}".`,
  ];
}
