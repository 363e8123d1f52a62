/*
 * Names inside Vault stay: a grant knows its integration by name, and a secret id its role. A renamed integration or app
 * keeps its first name there, and its addresses in Terraform's state.
 */

export interface Renamable {
  /** Name in the declaration, in commands and in messages. */
  readonly name: string;
  /** Name in Vault. @default - its name */
  readonly vaultName?: string;
}

export function nameInVault({ name, vaultName = name }: Renamable): string {
  return vaultName;
}
