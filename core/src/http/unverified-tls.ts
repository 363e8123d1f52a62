import { ExplainedError } from '../explained-error';

/**
 * What runs in this process beside the transport would send tokens to whoever answers.
 *
 * @throws ExplainedError where Node is told not to verify certificates
 */
export function refuseUnverifiedTls(): void {
  if (process.env.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
    throw new ExplainedError(
      'NODE_TLS_REJECT_UNAUTHORIZED is 0, which switches the check of certificates off; unset it, and set VAULT_CACERT or NODE_EXTRA_CA_CERTS to the CA that is missing',
    );
  }
}
