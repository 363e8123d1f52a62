import type { IncomingMessage } from 'node:http';
import { type PageReply, refusal } from './page-reply';

/** A request to the right host, whose target and framing have one meaning. */
export interface PageRequest {
  readonly message: IncomingMessage;
  /** Path as the browser sent it. It begins with "/". */
  readonly path: string;
  /** Query without its question mark. Empty if there is none. */
  readonly query: string;
}

/** Limit of header lines: some three times as many as a browser sends. */
const MAXIMUM_HEADERS = 64;

/** A path with an optional query. It has no fragment, no backslash and no host. */
const TARGET = /^(\/(?!\/)[^?#\\]*)(?:\?([^#]*))?$/;
const VISIBLE = /^[!-~]+$/;

/** Judges the head of a request. @param isUnknownExpectation whether header `Expect` asks for anything but to continue */
export function admissionOf(
  message: IncomingMessage,
  host: string,
  isUnknownExpectation: boolean,
): PageRequest | { readonly refused: PageReply } {
  // Checked first: a foreign page whose name resolves to this machine must learn nothing, not even which paths exist.
  if (oneHeader(message, 'host')?.toLowerCase() !== host) {
    return { refused: refusal(421, 'Wrong host', `This server answers only for ${host}.`) };
  }
  if (message.httpVersionMajor !== 1) {
    return { refused: refusal(505, 'Wrong version', 'This server speaks HTTP/1.1.') };
  }
  if (message.rawHeaders.length > 2 * MAXIMUM_HEADERS) {
    return { refused: refusal(431, 'Too long', 'The request has too many headers.') };
  }
  if (isUnknownExpectation) {
    return { refused: refusal(417, 'Malformed', 'The request expects what this server does not do.') };
  }
  const { method = '', url = '', headers } = message;
  const [, path, query = ''] = (VISIBLE.test(url) && TARGET.exec(url)) || [];
  if (path === undefined) {
    return { refused: refusal(400, 'Malformed', 'The address of the request must be a path.') };
  }
  if (headers.upgrade !== undefined) {
    return { refused: refusal(400, 'Malformed', 'This server changes to no other protocol.') };
  }
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
    return { refused: refusal(501, 'Malformed', 'This server reads no other transfer coding than chunked.') };
  }
  const isEmpty = coding === undefined && (headers['content-length'] ?? '0') === '0';
  if (!isEmpty && method !== 'POST') {
    return { refused: refusal(400, 'Malformed', 'Only a POST has a body.') };
  }
  return { message, path, query };
}

/** The value of a header. @returns undefined if it is missing or was sent twice */
export function oneHeader({ headersDistinct }: IncomingMessage, name: string): string | undefined {
  const values = headersDistinct[name.toLowerCase()] ?? [];
  return values.length === 1 ? values[0] : undefined;
}
