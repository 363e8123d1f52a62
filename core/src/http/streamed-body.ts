import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

export interface StreamedBodyOptions {
  /** Time after which the body is sent anyway, for servers that never ask for it. */
  readonly continueTimeoutMs: number;
  /** Called when a part is sent. */
  readonly onPart: () => void;
  /** Called if the stream fails, but not the request. */
  readonly onFailure: (error: unknown) => void;
}

/** Sends the body if the server asks for it. A server that answers first does not want the body. */
export async function sendStream(
  sent: ClientRequest,
  body: () => Readable,
  { continueTimeoutMs, onPart, onFailure }: StreamedBodyOptions,
): Promise<void> {
  if (await answersUnasked(sent, continueTimeoutMs)) {
    return;
  }
  const stream = body();
  stream.once('error', (error) => {
    if (!sent.destroyed) {
      onFailure(error);
    }
  });
  async function* watched(parts: AsyncIterable<unknown>) {
    for await (const part of parts) {
      onPart();
      yield part;
    }
    onPart();
  }
  const { pipeline } = await import('node:stream/promises');
  // The events of the request and the listener above report each failure.
  await pipeline(stream, watched, sent).catch(() => undefined);
}

/** Whether an answer or the end of the connection comes before the server asks for the body. */
function answersUnasked(sent: ClientRequest, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const unasked = setTimeout(() => resolve(false), timeoutMs);
    sent.once('continue', () => resolve(false));
    sent.once('response', (response: IncomingMessage) => {
      // The announced body is not sent, so the connection cannot carry another request.
      response.once('end', () => sent.destroy());
      resolve(true);
    });
    sent.once('close', () => {
      clearTimeout(unasked);
      resolve(true);
    });
    sent.flushHeaders();
  });
}
