import {
  ExplainedError,
  NotPermitted,
  commandLine,
  safeText,
  TemporarilyUnavailable,
  VaultResponseError,
  VaultSealed,
} from '#core';

const ADVICE: Readonly<Record<number, string>> = {
  403: 'the token is not valid, or its policies do not allow this; log in as the operator that --help names',
  404: 'this server has nothing there; check VAULT_ADDR and VAULT_NAMESPACE',
  413: 'a proxy before the server accepts no body of this size; send it to the server directly',
  429: 'it limits requests; try again later',
  503: 'it has no active node; try again later, and if it stays so, see its log',
};

/** A refusal by Vault as an `ExplainedError`; any other error as it is. */
export function explained(error: unknown): unknown {
  return error instanceof VaultResponseError ? explainedRefusal(error) : error;
}

/** A refusal by Vault, with the next step. */
export function explainedRefusal(error: VaultResponseError): ExplainedError {
  const said = safeText(error.message);
  if (error.said.includes('sealed')) {
    return new VaultSealed(undefined, `${said}; it is sealed: run "${commandLine('unseal')}"`);
  }
  const advice = ADVICE[error.statusCode];
  if (error.isTransient) {
    return new TemporarilyUnavailable(
      `${said}; ${advice ?? "try again later, and if it stays so, see the server's log"}`,
      error.retryAfterMs,
    );
  }
  const message = `${said}; ${advice ?? "see the server's log"}`;
  return error.statusCode === 403 ? new NotPermitted(message) : new ExplainedError(message);
}
