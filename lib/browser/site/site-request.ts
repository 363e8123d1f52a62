import type { IncomingMessage } from 'node:http';
import { oneHeader, type PageRequest } from '../page-admission';
import { cookieOf } from './site-cookie';

export interface SiteRequest {
  /** A HEAD is a GET here, and its answer has no body. */
  readonly method: 'GET' | 'POST';
  /** Path below the base, as the browser sent it, such as "authorize/x". Compare it as it is. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Fields of a form. Empty for a GET, and for a body of another type. */
  readonly form: URLSearchParams;
  /** Body of a POST, 64 KiB at most. Empty for a GET. */
  readonly body: Buffer;
  /** @param name name without the prefix `__Host-` @returns undefined if the cookie is missing or was sent twice */
  cookie(name: string): string | undefined;
  /** @returns undefined if the header is missing or was sent twice */
  header(name: string): string | undefined;
}

const MAXIMUM_BODY_BYTES = 65_536;

/**
 * Reads the body of a POST.
 *
 * @returns undefined if it is longer than the limit
 * @throws the system's error if the browser leaves
 */
export async function readBody(message: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(message.headers['content-length'] ?? 0) > MAXIMUM_BODY_BYTES) {
    return undefined;
  }
  const parts: Buffer[] = [];
  let length = 0;
  // The loop must not end the request early, because its answer follows.
  for await (const part of message.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > MAXIMUM_BODY_BYTES) {
      return undefined;
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** @param base path of the base, which the path of the request begins with */
export function siteRequest({ message, path, query }: PageRequest, base: string, body?: Buffer): SiteRequest {
  const isForm = /^application\/x-www-form-urlencoded *(?:;|$)/i.test(oneHeader(message, 'content-type') ?? '');
  return {
    method: message.method === 'POST' ? 'POST' : 'GET',
    path: path.slice(base.length),
    query: new URLSearchParams(query),
    form: new URLSearchParams(isForm ? body?.toString('utf8') : ''),
    body: body ?? Buffer.alloc(0),
    cookie: (name) => cookieOf(message, name),
    header: (name) => oneHeader(message, name),
  };
}
