import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import type { Duplex } from 'node:stream';
import { errorCode } from '#core';
import type { Server } from './loopback-servers';
import { admissionOf, type PageRequest } from './page-admission';
import { PATIENCE_MS, refusal, sendRawReply, sendReply } from './page-reply';

export interface PageServerOptions {
  /** The only value of header `Host` that is answered, in lower case. */
  readonly host: string;
  /** @default - HTTP without TLS */
  readonly tls?: SecureContextOptions;
  readonly serve: (request: PageRequest, response: ServerResponse) => void;
  /** Time limit of a browser to send its request, and to take the answer. @default 10000 */
  readonly patienceMs?: number;
}

/**
 * Limit of connections whose request has not arrived, those in a TLS handshake among them. A further connection costs the
 * oldest one.
 */
const MAXIMUM_WAITING = 512;

/** Limit of all connections, those whose answer is under way among them. */
const MAXIMUM_CONNECTIONS = 2048;

/** Makes a server of pages for browsers. A connection serves one request. */
export function createPageServer({ host, tls, serve, patienceMs = PATIENCE_MS }: PageServerOptions): Server {
  const limits = {
    headersTimeout: patienceMs,
    requestTimeout: patienceMs,
    connectionsCheckingInterval: patienceMs / 10,
    keepAliveTimeout: 1,
    maxHeaderSize: 16_384,
    insecureHTTPParser: false,
    // The missing header gets the same answer as a wrong one.
    requireHostHeader: false,
  };
  const server =
    tls === undefined
      ? createServer(limits)
      : createTlsServer({
          ...limits,
          ...tls,
          minVersion: 'TLSv1.2',
          handshakeTimeout: patienceMs,
          ALPNProtocols: ['http/1.1'],
        });
  // Node ignores headers beyond its own limit, so the admission counts them.
  server.maxHeadersCount = 0;
  server.maxConnections = MAXIMUM_CONNECTIONS;
  // Node answers a further request without a call of the handler.
  server.maxRequestsPerSocket = 1;

  // By both ends, because TLS hides the socket of a connection behind another one.
  const waiting = new Map<string, Socket>();
  const begun = new WeakMap<Duplex, { request: IncomingMessage; response: ServerResponse }>();
  const answer = (request: IncomingMessage, response: ServerResponse, expectation?: 'continue' | 'unknown'): void => {
    begun.set(request.socket, { request, response });
    const ends = endsOf(request.socket);
    request.once('end', () => waiting.delete(ends));
    const admission = admissionOf(request, host, expectation === 'unknown');
    if ('refused' in admission) {
      sendReply(request, response, admission.refused);
      return;
    }
    if (expectation === 'continue' && request.method === 'POST') {
      response.writeContinue();
    }
    serve(admission, response);
  };
  server.on('request', (request, response) => answer(request, response));
  server.on('checkContinue', (request, response) => answer(request, response, 'continue'));
  server.on('checkExpectation', (request, response) => answer(request, response, 'unknown'));
  server.on('connect', (_, socket) => sendRawReply(socket, refusal(405, 'Not allowed', 'This server is no proxy.')));
  // Also with TLS this is the event before the handshake, which a slow caller may never end.
  server.on('connection', (socket: Socket) => {
    const ends = endsOf(socket);
    waiting.set(ends, socket);
    socket.once('close', () => waiting.delete(ends));
    const [oldest] = waiting.values();
    if (waiting.size > MAXIMUM_WAITING) {
      oldest?.destroy();
    }
  });
  server.on('clientError', (error, socket) => {
    const { request, response } = begun.get(socket) ?? {};
    const reply = replyTo(error);
    if (reply === undefined || !socket.writable) {
      socket.destroy();
    } else if (request === undefined || response === undefined) {
      sendRawReply(socket, reply);
    } else if (!request.complete) {
      sendReply(request, response, reply);
      response.end();
    }
    // Bytes after a whole request change nothing, because its answer ends the connection.
  });
  return server;
}

function endsOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return [localAddress, localPort, remoteAddress, remotePort].join(' ');
}

/** @returns undefined if the other side has left or speaks no TLS */
function replyTo(error: Error) {
  const code = errorCode(error);
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return refusal(408, 'Too slow', 'The request did not arrive in time. Open the page again.');
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return refusal(431, 'Too long', 'The head of the request is too long.');
  }
  return code.startsWith('HPE_') ? refusal(400, 'Malformed', 'The request is not well-formed HTTP/1.1.') : undefined;
}
