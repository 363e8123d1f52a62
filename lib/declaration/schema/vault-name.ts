/*
 * Names inside Vault stay: a grant knows its integration by name, and a secret id its role. So what is renamed in the
 * declaration keeps its first name there, and with it its addresses in Terraform's state.
 */

export interface Renamable {
  /** What the declaration, the commands and their messages call it. */
  readonly name: string;
  /** Name that Vault has it under. @default - its name */
  readonly vaultName?: string;
}

/** Name of an integration or of an app inside Vault. */
export function nameInVault({ name, vaultName = name }: Renamable): string {
  return vaultName;
}
