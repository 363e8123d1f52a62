import { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { browserDocument, type BrowserPage, styleSource } from './browser-page';
import type { SiteDocument } from './page-document';

/** Time limit of a browser to send its request, and to take the answer. */
export const PATIENCE_MS = 10_000;

export interface PageReply {
  readonly status: number;
  /** @default - no body */
  readonly document?: SiteDocument;
  /** Headers beside those of every answer. */
  readonly headers?: OutgoingHttpHeaders;
}

/** Headers of every answer to a browser. A connection serves one request, so no second one can hide behind it. */
export function replyHeaders({ status, document, headers }: PageReply): OutgoingHttpHeaders {
  const policy = [
    "default-src 'none'",
    ...(document === undefined ? [] : [`style-src ${styleSource(document.style)}`]),
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ];
  return {
    ...(document !== undefined && { 'content-type': 'text/html; charset=utf-8' }),
    ...(status !== 204 && { 'content-length': Buffer.byteLength(document?.html ?? '') }),
    'content-security-policy': policy.join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    connection: 'close',
    ...headers,
  };
}

/** A page of this server itself, such as a refusal. */
export function replyOf(page: BrowserPage, headers?: OutgoingHttpHeaders): PageReply {
  return { status: page.status, document: browserDocument(page), headers };
}

export function refusal(status: number, title: string, text: string, headers?: OutgoingHttpHeaders): PageReply {
  return replyOf({ status, tone: 'bad', title, text }, headers);
}

/**
 * Sends the reply. The connection is closed after the whole request has arrived, because an earlier end would cost a slow
 * browser the answer.
 */
export function sendReply(request: IncomingMessage, response: ServerResponse, reply: PageReply): void {
  if (response.destroyed || response.headersSent) {
    return;
  }
  const cut = setTimeout(() => response.destroy(), PATIENCE_MS).unref();
  response.once('close', () => clearTimeout(cut));
  response.writeHead(reply.status, replyHeaders(reply));
  response.write(reply.document?.html ?? '');
  if (request.readableEnded) {
    response.end();
  } else {
    request.once('close', () => response.end()).resume();
  }
}

/** Sends the reply to bytes that Node did not read as a request. */
export function sendRawReply(socket: Duplex, reply: PageReply): void {
  const headers = Object.entries(replyHeaders(reply)).map(([name, value]) => `${name}: ${String(value)}`);
  const head = [`HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? ''}`, ...headers];
  const cut = setTimeout(() => socket.destroy(), PATIENCE_MS).unref();
  socket.once('close', () => clearTimeout(cut)).on('error', () => undefined);
  socket.end([...head, '', reply.document?.html ?? ''].join('\r\n'), () => socket.destroy());
}
