import { join } from 'node:path';
import { ExplainedError } from '#core';
import type { VaultClient } from '../../lib/vault/vault-client';
import { cacheRoot } from '../../lib/files/cache-folder';
import { applyStack } from './stack-applier';
import { Terraform } from '../../lib/terraform/terraform';
import { apply, initialize } from './provider-terraform';

/* Applies stack `webex-tokens`, as a user's own deployment does. */

export interface ApplyDeclarationOptions {
  readonly stackDirectory: string;
  /** Acts with the provisioner's token. */
  readonly vault: VaultClient;
  readonly token: string;
  /** Client secrets, by the name of their Terraform variable. */
  readonly variables: Readonly<Record<string, string>>;
  readonly environment: NodeJS.ProcessEnv;
  /** @default - Terraform or OpenTofu if possible, or the rehearsal's applier */
  readonly by?: 'terraform' | 'applier';
  readonly note: (line: string) => void;
}

export interface AppliedDeclaration {
  /** Such as `Terraform 1.11.4`, or the rehearsal's applier with the reason. */
  readonly by: string;
  /** Addresses of the written resources. */
  readonly changed: readonly string[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Applies the stack by Terraform or OpenTofu if it and its providers are available, or by the rehearsal's applier. */
export async function applyDeclaration(options: ApplyDeclarationOptions): Promise<AppliedDeclaration> {
  const environment = provisionerEnvironment(options);
  const terraform = options.by === 'applier' ? 'as asked' : await readyTerraform(options, environment);
  if (typeof terraform !== 'string') {
    return { by: terraform.title, ...(await apply(terraform, { ...options, environment })) };
  }
  const applied = await applyStack({ ...options, environment });
  return { by: `the rehearsal's applier (${terraform})`, ...applied };
}

/** @returns Terraform, or the reason why it cannot apply here */
async function readyTerraform(
  options: ApplyDeclarationOptions,
  environment: NodeJS.ProcessEnv,
): Promise<Terraform | string> {
  try {
    const terraform = await Terraform.find();
    options.note(`${terraform.title} is installed; getting its providers`);
    await initialize(terraform, { ...options, environment });
    return terraform;
  } catch (error) {
    if (options.by === 'terraform' || !(error instanceof ExplainedError)) {
      throw error;
    }
    return error.message;
  }
}

function provisionerEnvironment({ token, vault, variables, environment }: ApplyDeclarationOptions): NodeJS.ProcessEnv {
  return {
    TF_PLUGIN_CACHE_DIR: join(cacheRoot(), 'terraform-providers'),
    // Settings for the user's own Vault must not affect the rehearsal.
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VAULT|BAO)_/.test(name))),
    ...environment,
    VAULT_ADDR: vault.address,
    VAULT_TOKEN: token,
    ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [`TF_VAR_${name}`, value])),
  };
}
