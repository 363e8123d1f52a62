import { commandLine, UsageError } from '#core';
import { VAULT_ENVIRONMENT } from '../help-environment';

/*
 * The environment of a command that Terraform starts during an apply.
 */

/** Variables in the form that Terraform's provider knows: the command has to ask the same server. */
export const PROVIDER_ENVIRONMENT: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(VAULT_ENVIRONMENT).filter(([name]) => name.startsWith('VAULT_')),
);

/** The command that resumes refreshing, with the options of the deploy, which the started command does not have. */
export const RESUME_VARIABLE = 'ENGINE_RESUME';

/** @throws UsageError if Terraform has not started the command */
export function setByTerraform(name: string): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new UsageError(
      `${name} is not set, because Terraform has not started this command; run "${commandLine('deploy')}" instead`,
    );
  }
  return value;
}
