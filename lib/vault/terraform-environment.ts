import { commandLine, UsageError, vaultOptionsFromEnvironment } from '#core';
import { VaultClient } from './vault-client';

/*
 * The environment of a command that Terraform starts during an apply.
 */

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

/**
 * A client of the server that Terraform's provider uses. The provider knows only the `VAULT_*` variables, so the `BAO_*`
 * ones, which may name another server, are ignored.
 */
export function providerClient(env: NodeJS.ProcessEnv): VaultClient {
  const known = Object.entries(env).filter(([name]) => !name.startsWith('BAO_'));
  return new VaultClient(vaultOptionsFromEnvironment({}, Object.fromEntries(known)));
}
