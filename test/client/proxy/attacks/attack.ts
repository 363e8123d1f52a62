import { get as getOf, post as postOf } from '../../../fixtures/wire-attacks/attacked-request';
import { ALLOWED } from './attacked-proxy';

/** Bytes that a caller sends, and all that comes of them. */
export interface Attack {
  /** Kind of the attack, and its row in the table of the threat model. */
  readonly attack: string;
  /** The request in latin1. The proxy's own `Host` and key are placeholders. */
  readonly request: string;
  /** Statuses of the answers, without the one of a good request that follows. */
  readonly answer: string;
  /** Requests that the upstream got, such as `POST /v1/messages`, or `nothing`. */
  readonly upstream: string;
}

export const NOTHING = 'nothing';

/** An allowed request without a body, in whose head something is wrong. @param headers added to `Host` and the key */
export function get(target: string, ...headers: string[]): string {
  return getOf(ALLOWED, target, ...headers);
}

/** An allowed request whose framing is wrong. */
export function post(framing: readonly string[], body: string): string {
  return postOf(ALLOWED, framing, body);
}

/** Variants of one attack that all get the same. */
export function variants(attack: string, requests: readonly string[], answer: string, upstream = NOTHING): Attack[] {
  return requests.map((request) => ({ attack, request, answer, upstream }));
}
