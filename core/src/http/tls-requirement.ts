import { ExplainedError } from '../explained-error';
import { isLoopback } from './proxy';

/** Whether requests to this address cross a network unencrypted. */
export function isPlainHttp(address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return url?.protocol === 'http:' && !isLoopback(url.hostname);
}

/**
 * @param address without user and password
 * @throws ExplainedError if tokens would cross a network unencrypted
 */
export function refusePlainHttp(address: string, advice = 'use https'): void {
  if (isPlainHttp(address)) {
    throw new ExplainedError(`${address} would get tokens and secret ids unencrypted over the network; ${advice}`);
  }
}

/**
 * Refuses to run without verification. The transport always verifies certificates, but other code in this process would send
 * tokens to any server that answers.
 *
 * @throws ExplainedError if Node is told not to verify certificates
 */
export function refuseUnverifiedTls(): void {
  if (process.env.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
    throw new ExplainedError(
      'NODE_TLS_REJECT_UNAUTHORIZED is 0, which turns the check of certificates off; unset it, and set VAULT_CACERT or NODE_EXTRA_CA_CERTS to the missing CA',
    );
  }
}
