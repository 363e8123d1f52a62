import { ExplainedError } from '../explained-error';
import { isLoopback } from './proxy';

/** Whether what is sent to this address crosses a network in clear. */
export function isPlainHttp(address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return url?.protocol === 'http:' && !isLoopback(url.hostname);
}

/**
 * @param address without user and password
 * @param advice what to do about it @default - to use https
 * @throws ExplainedError where tokens would cross a network in clear
 */
export function refusePlainHttp(address: string, advice = 'use https'): void {
  if (isPlainHttp(address)) {
    throw new ExplainedError(`${address} would get tokens and secret ids unencrypted over the network; ${advice}`);
  }
}
