import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { errorCode, ExplainedError, commandLine, VaultResponseError } from '#core';
import type { Deployment } from '../../declaration/schema/deployment';
import { ServerStartError } from '../../processes/server-process';

/** Answer of an OpenBao whose data has another seal than its configuration. */
const OPENBAO = /seal type of "(\w+)" does not match expected type of "(\w+)"/;

/** Last words of such a Vault, which does not start. @see https://github.com/hashicorp/vault/blob/v1.21.4/vault/core.go */
const VAULT = /cannot seal migrate from "(\w+)" to "?(\w+)"?,/;

/**
 * Stanza of the seal that opens a snapshot of the declared server; undefined for Shamir's seal, which key shares open.
 *
 * @param home base of relative paths
 * @throws ExplainedError if this machine has no key of that seal
 */
export function verificationSeal({ vault: { server } }: Deployment, home: string) {
  const seal = server === undefined || server.mode === 'dev' ? undefined : server.seal;
  if (seal === undefined) {
    return undefined;
  }
  if (seal.type !== 'static') {
    throw new ExplainedError(
      `a throw-away server on this machine has no access to the seal "${seal.type}", which the snapshot needs; restore the snapshot onto an empty server with that seal instead: ${commandLine('restore')}`,
    );
  }
  const { currentKeyId, currentKeyFile, previousKeyId, previousKeyFile } = seal;
  return {
    static: {
      current_key_id: currentKeyId,
      current_key: keyIn(resolve(home, currentKeyFile)),
      ...(previousKeyFile === undefined
        ? {}
        : { previous_key_id: previousKeyId, previous_key: keyIn(resolve(home, previousKeyFile)) }),
    },
  };
}

function keyIn(file: string): string {
  try {
    accessSync(file, constants.R_OK);
  } catch (error) {
    throw new ExplainedError(
      `the key of the static seal ${file} cannot be read (${errorCode(error)}), and the snapshot needs it; run this where the file is, as root or its owner`,
    );
  }
  return `file://${file}`;
}

/** Explains an error that a seal has caused. Returns any other error unchanged. */
export function explainedSeal(error: unknown, file: string): unknown {
  const said =
    error instanceof VaultResponseError ? error.said : error instanceof ServerStartError ? error.reason : undefined;
  const [, ofSnapshot, declared = ''] = (said !== undefined && (OPENBAO.exec(said) ?? VAULT.exec(said))) || [];
  return ofSnapshot === undefined
    ? error
    : new ExplainedError(
        `${file} is of a server with the seal "${ofSnapshot}", but the declaration has "${declared.toLowerCase()}"; name a deployment file whose vault.server has the seal of that time`,
      );
}
