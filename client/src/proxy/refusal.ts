import { randomUUID } from 'node:crypto';
import { describeError, isExplained, isPassing, NetworkError, safeText, transient } from '#core';

/** The part that the proxy refused a request for, as request lines name it. */
export type RefusalReason = 'key' | 'host' | 'allow' | 'path' | 'method' | 'request' | 'vault' | 'webex';

/** An answer of the proxy itself. */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly status: number;
  readonly message: string;
  /** Further headers, as names and values in turn. @default - none */
  readonly headers?: readonly string[];
  /** Whether the connection is closed, because its next bytes may be no request. @default false */
  readonly closes?: boolean;
}

/** Head and body of a refusal, in the shape of Webex's errors. */
export function refusalAnswer({ message, headers = [] }: Refusal): { headers: string[]; body: string } {
  const trackingId = `PROXY_${randomUUID()}`;
  const body = JSON.stringify({ message, errors: [{ description: message }], trackingId });
  const length = String(Buffer.byteLength(body));
  const own = [
    'Content-Type',
    'application/json; charset=utf-8',
    'Content-Length',
    length,
    'Cache-Control',
    'no-store',
  ];
  return { headers: [...own, 'TrackingID', trackingId, ...headers], body };
}

/** The refusal of a request that is malformed, or that no proxy forwards. */
export function badRequest(message: string, status = 400): Refusal {
  return { reason: 'request', status, message, closes: true };
}

/** The refusal if Vault gave no token. A permanent failure is a 502, so that no caller waits for its end. */
export function vaultRefusal(error: unknown): Refusal {
  const message = `${isExplained(error) ? '' : 'the access token cannot be read: '}${describeError(error)}`;
  const status = isPassing(error) ? 503 : 502;
  return { reason: 'vault', status, message, headers: retryAfter(transient(error)?.retryAfterMs) };
}

function retryAfter(delayMs: number | undefined): string[] {
  return delayMs === undefined ? [] : ['Retry-After', String(Math.ceil(delayMs / 1000))];
}

/** The refusal if the upstream did not answer. */
export function upstreamRefusal(origin: string, error: unknown): Refusal {
  const { code } = NetworkError.from(error);
  const message = `no answer from Webex at ${origin} (${safeText(code)}); check the network between this proxy and Webex`;
  return { reason: 'webex', status: code === 'ETIMEDOUT' ? 504 : 502, message };
}
