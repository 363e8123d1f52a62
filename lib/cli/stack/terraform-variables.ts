import { commandLine, UsageError } from '#core';
import { VAULT_ENVIRONMENT } from '../help-environment';

/*
 * What a command finds in its environment that Terraform starts while it applies.
 */

/** For `--help`: Terraform's provider knows these forms only, and the command has to go where the provider goes. */
export const PROVIDER_ENVIRONMENT: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(VAULT_ENVIRONMENT).filter(([name]) => name.startsWith('VAULT_')),
);

/** How a person resumes refreshing, with the options of the deploy: the command that Terraform starts has none. */
export const RESUME_VARIABLE = 'ENGINE_RESUME';

/** @throws UsageError where somebody else than Terraform has started the command */
export function setByTerraform(name: string): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new UsageError(
      `${name} is not set, as Terraform sets it for this command; run "${commandLine('deploy')}" instead`,
    );
  }
  return value;
}
