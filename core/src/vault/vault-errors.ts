import { type ErrorCode, ExplainedError } from '../explained-error';
import { NetworkError } from '../http/network-error';
import { oneLine, safeText } from '../safe-text';
import { TemporarilyUnavailable, VaultSealed } from './credential-errors';

/** Thrown by `VaultConnection` if Vault refused a request. `statusCode` and `errors` say why. Try again later if `isTransient` is true. */
export class VaultResponseError extends Error {
  override name = 'VaultResponseError';
  readonly code: ErrorCode = 'ERR_VAULT_RESPONSE';
  /** Messages of Vault as one line. It may be empty. */
  readonly said: string;

  constructor(
    readonly method: string,
    readonly path: string,
    readonly statusCode: number,
    /** Messages of Vault. A 404 has none. */
    readonly errors: readonly string[],
    readonly warnings: readonly string[] = [],
    /** The pause that Vault asks for, as a rate limit does. @default - it asks for none */
    readonly retryAfterMs?: number,
  ) {
    const said = oneLine(errors.join('; '));
    super(`Vault answered ${statusCode} to ${method} ${path}: ${said || 'no message'}`);
    this.said = said;
  }

  /** Whether the same request may succeed later. */
  get isTransient(): boolean {
    return this.statusCode === 429 || this.statusCode >= 500;
  }

  /** Whether Vault may have executed the request. It may have failed during the request, or a proxy may have answered. */
  get mayHaveArrived(): boolean {
    return this.statusCode >= 500;
  }
}

/** Messages of Vault, without the prefix of its error lists, and without secrets. */
export function whatVaultSaid(error: VaultResponseError, secrets: readonly string[] = []): string {
  return safeText(error.said.replace(/\d+ errors? occurred:\s*\*\s*/g, ''), secrets);
}

/**
 * Thrown if Vault did not answer. Check the address, the network and the certificate. Try again later if `isTransient` is
 * true.
 */
export class VaultUnreachableError extends ExplainedError {
  override name = 'VaultUnreachableError';
  override readonly code: ErrorCode = 'ERR_VAULT_UNREACHABLE';

  constructor(
    readonly address: string,
    /** Error code of Node, such as `ECONNREFUSED`. */
    readonly networkCode: string,
  ) {
    super(
      `no answer from Vault at ${address} (${networkCode}); ${networkCode.includes('the proxy') ? PROXY_ADVICE : (ADVICE[networkCode] ?? 'check VAULT_ADDR and that the server runs')}`,
    );
  }

  /** Whether a later attempt may succeed without a correction. */
  get isTransient(): boolean {
    return new NetworkError(this.networkCode).isTransient;
  }

  /** Whether Vault may have executed the request. */
  get mayHaveArrived(): boolean {
    return new NetworkError(this.networkCode).mayHaveArrived;
  }
}

/** The error for an answer of another server. */
export function notVault(address: string, method: string, path: string): ExplainedError {
  return new ExplainedError(
    `${address} answered ${method} ${path} with something that is not a Vault reply; check that VAULT_ADDR is a Vault or OpenBao server`,
  );
}

const PROXY_ADVICE = 'check HTTPS_PROXY, and NO_PROXY for servers that are reached without it';

const UNKNOWN_CA = 'its certificate is from a CA that is not trusted here; set VAULT_CACERT to that CA';

const ADVICE: Readonly<Record<string, string>> = {
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_CA,
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed; set VAULT_CACERT to it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_CA,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_CA,
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name; use that name in VAULT_ADDR',
  CERT_HAS_EXPIRED: 'its certificate has expired; renew it on the server',
  EMSGSIZE: 'its answer is longer than any of Vault; check that VAULT_ADDR is a Vault or OpenBao server',
  EPROTO: 'it does not speak TLS; use http in VAULT_ADDR if that is meant',
};

/**
 * The error for a refusal that is about the server, not about the request.
 *
 * @param task the failed task, such as "log in at auth/approle"
 * @param secrets that were sent, hidden if the server quotes them
 */
export function explainOutage(
  error: VaultResponseError,
  address: string,
  task: string,
  secrets: readonly string[] = [],
): VaultSealed | TemporarilyUnavailable {
  const said = whatVaultSaid(error, secrets) || 'no message';
  return said.includes('sealed')
    ? new VaultSealed(address)
    : new TemporarilyUnavailable(
        `Vault could not ${task} (${error.statusCode}: ${said}); try again later`,
        error.retryAfterMs,
      );
}
