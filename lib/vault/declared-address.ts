import { ExplainedError, type VaultConnectionOptions } from '#core';
import type { Deployment } from '../declaration/schema/deployment';
import { declaringFile } from '../declaration/deployment-file';

/** The provider goes where the declaration says, so that nothing else may go elsewhere. */
export function refuseOtherAddress({ vault }: Deployment, { address }: VaultConnectionOptions): void {
  if (vault.server === undefined && address !== vault.address) {
    throw new ExplainedError(
      `VAULT_ADDR is ${address}, and ${declaringFile()} declares vault.address ${vault.address}, where Terraform goes; unset VAULT_ADDR, or correct one of the two`,
    );
  }
}
