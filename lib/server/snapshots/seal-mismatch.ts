import { ExplainedError, VaultResponseError } from '#core';
import { ServerStartError } from '../../processes/server-process';

/*
 * Words of a server whose data has another seal than its configuration. OpenBao answers with them, and Vault does not
 * start.
 */

const OPENBAO = /seal type of "(\w+)" does not match expected type of "(\w+)"/;

/** @see https://github.com/hashicorp/vault/blob/v1.21.4/vault/core.go */
const VAULT = /cannot seal migrate from "(\w+)" to "?(\w+)"?,/;

/** The same error, unless a seal is the cause. */
export function explainedSeal(error: unknown, file: string): unknown {
  const said =
    error instanceof VaultResponseError ? error.said : error instanceof ServerStartError ? error.reason : undefined;
  const [, ofSnapshot, declared = ''] = (said !== undefined && (OPENBAO.exec(said) ?? VAULT.exec(said))) || [];
  return ofSnapshot === undefined
    ? error
    : new ExplainedError(
        `${file} is of a server with the seal "${ofSnapshot}", and what is declared is "${declared.toLowerCase()}"; name a deployment file in which vault.server has the seal of that time`,
      );
}
