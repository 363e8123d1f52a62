import { ExplainedError, safeText, VaultResponseError } from 'webex-token-client/core';

/*
 * What an answer to an operator's request means, in one line.
 */

const ADVICE: Readonly<Record<number, string>> = {
  403: 'the token is not valid, or its policies do not allow this; use the operator that --help names',
  404: 'this server has nothing there; check VAULT_ADDR and VAULT_NAMESPACE',
  413: 'a proxy between here and the server takes no body of this size; ask the server directly',
  429: 'it limits requests; try again later',
  503: 'it is sealed or has no active node; run "npx webex-token-vault unseal", or see its log',
};

/** Runs the action, and turns what Vault refused into an `ExplainedError`. */
export async function explainRefusals<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof VaultResponseError) {
      throw new ExplainedError(`${safeText(error.message)}; ${ADVICE[error.statusCode] ?? "see the server's log"}`);
    }
    throw error;
  }
}
