import { createSecureContext } from 'node:tls';
import { describeError, errorCode, ExplainedError } from '#core';
import { readTlsFiles } from '../../declaration/files/tls-files';
import { hostOf } from '../../declaration/schema/host-name';

export interface SiteCertificateOptions {
  /** The certificate, followed by the intermediate certificates. PEM. */
  readonly certFile: string;
  /** Private key of the certificate, for its owner alone. PEM. */
  readonly keyFile: string;
  /** Address of the site, whose host the certificate should name. */
  readonly base: URL;
  readonly onProblem: (line: string) => void;
}

export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}

/** Certificates of public CAs are renewed some weeks before they expire, and short-lived ones some days before. */
const EXPIRES_SOON_DAYS = 3;

/** The certificate of a site and its key, which may be replaced at any time. */
export class SiteCertificate {
  readonly #options: SiteCertificateOptions;
  #pair: CertificatePair;
  /** Problem of the last reading. It may be gone a moment later, because the two files are not replaced at once. */
  #problem: string | undefined;
  #told: string | undefined;

  /** @throws ExplainedError if the files cannot be used */
  constructor(options: SiteCertificateOptions) {
    this.#options = options;
    this.#pair = this.#read();
  }

  get pair(): CertificatePair {
    return this.#pair;
  }

  /**
   * Reads the files again. A problem that two readings find is told once, and the pair stays.
   *
   * @returns the new pair, or undefined if it is not new or cannot be used
   */
  reload(): CertificatePair | undefined {
    try {
      const previous = this.#pair;
      this.#pair = this.#read(previous);
      this.#problem = this.#told = undefined;
      return this.#pair === previous ? undefined : this.#pair;
    } catch (error) {
      const problem = describeError(error);
      if (problem === this.#problem && problem !== this.#told) {
        this.#told = problem;
        this.#options.onProblem(`${problem}; until then, the site shows its previous certificate`);
      }
      this.#problem = problem;
      return undefined;
    }
  }

  #read(previous?: CertificatePair): CertificatePair {
    const { certFile, keyFile, base, onProblem } = this.#options;
    const { cert, key, chain, warnings } = readTlsFiles(
      { certFile, keyFile },
      { expiresSoonDays: EXPIRES_SOON_DAYS, groupMayRead: true },
    );
    if (cert === previous?.cert && key === previous.key) {
      return previous;
    }
    try {
      createSecureContext({ cert, key });
    } catch (error) {
      throw new ExplainedError(
        `the certificate ${certFile} cannot be used for TLS (${errorCode(error)}); issue one with a key of at least 2048 bits RSA or P-256`,
      );
    }
    warnings.forEach((warning) => onProblem(warning));
    try {
      chain.checkHosts([hostOf(base.href)]);
    } catch (error) {
      // A warning, because a proxy in front may check another name.
      onProblem(describeError(error));
    }
    return { cert, key };
  }
}
