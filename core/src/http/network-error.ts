/** The error if no answer arrived, or only a part of one. */
export class NetworkError extends Error {
  override name = 'NetworkError';

  /**
   * @param code the code of Node, such as `ECONNREFUSED`, or words about a proxy. `ETIMEDOUT` is a missed deadline, and
   *   `EMSGSIZE` an answer that is too long
   */
  constructor(readonly code: string) {
    super(`the request failed (${code})`);
  }

  /** Keeps only the code, because an error of Node holds the request with its token. */
  static from(error: unknown): NetworkError {
    return error instanceof NetworkError
      ? error
      : new NetworkError((error as NodeJS.ErrnoException).code ?? 'no reason given');
  }

  /** Whether the failure may pass. An untrusted certificate, for example, stays. */
  get isTransient(): boolean {
    return TRANSIENT.test(this.code);
  }

  /** Whether the server may have executed the request nevertheless. */
  get mayHaveArrived(): boolean {
    return !BEFORE_REQUEST.test(this.code);
  }
}

const TRANSIENT =
  /^(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)\b|^the proxy answered (?:429|5\d\d)$/;

/** Codes of failures before the request is sent: no address, no connection, or an untrusted certificate. */
const BEFORE_REQUEST =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_|EPROTO|ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)|\bthe proxy\b/;
