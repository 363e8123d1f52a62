/** No answer came, or it broke off. */
export class NetworkError extends Error {
  override name = 'NetworkError';

  /** @param code Node's own, like `ECONNREFUSED`; `ETIMEDOUT` where a deadline ended it, `EMSGSIZE` where it was too long; or what a proxy did */
  constructor(readonly code: string) {
    super(`the request failed (${code})`);
  }

  /** Only the code is kept: an error of Node holds the request, and with it the token. */
  static from(error: unknown): NetworkError {
    return error instanceof NetworkError
      ? error
      : new NetworkError((error as NodeJS.ErrnoException).code ?? 'no reason given');
  }

  /** Whether it may pass: others, such as a certificate that is not trusted, stay. */
  get isTransient(): boolean {
    return TRANSIENT.test(this.code);
  }

  /** Whether the request may have been carried out all the same: no way to the server was found where it was not. */
  get mayHaveArrived(): boolean {
    return !NO_WAY_THERE.test(this.code);
  }
}

const TRANSIENT =
  /^(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)\b|^the proxy answered (?:429|5\d\d)$/;

/** No address, no connection, or a certificate that is not trusted: whatever is said before the request is. */
const NO_WAY_THERE =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_|EPROTO|ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)|\bthe proxy\b/;
