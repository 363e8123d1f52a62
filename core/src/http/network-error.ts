/** No answer arrived, or only a part of it. */
export class NetworkError extends Error {
  override name = 'NetworkError';

  /**
   * @param code Node's own, like `ECONNREFUSED`; `ETIMEDOUT` after a deadline; `EMSGSIZE` for an answer that is too long; or
   *   what a proxy did
   */
  constructor(readonly code: string) {
    super(`the request failed (${code})`);
  }

  /** Keeps only the code: an error of Node holds the request, and with it the token. */
  static from(error: unknown): NetworkError {
    return error instanceof NetworkError
      ? error
      : new NetworkError((error as NodeJS.ErrnoException).code ?? 'no reason given');
  }

  /** Whether the failure may pass. Others, such as an untrusted certificate, stay. */
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

/** No address, no connection, or an untrusted certificate: failures before the request is sent. */
const BEFORE_REQUEST =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_|EPROTO|ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)|\bthe proxy\b/;
