import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

export interface StreamedBodyOptions {
  /** For servers that never ask for the body that was announced: after this it is sent. */
  readonly continueTimeoutMs: number;
  /** A part of it is on its way. */
  readonly onPart: () => void;
  /** The stream failed, and not the request. */
  readonly onFailure: (error: unknown) => void;
}

/** Sends the body when the server asks for it; one that answers before does not want it. */
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
  // What ends it is told by the events of the request, or was told above.
  await pipeline(stream, watched, sent).catch(() => undefined);
}

/** Whether an answer, or the end of the connection, comes before the server asks for the body. */
function answersUnasked(sent: ClientRequest, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const unasked = setTimeout(() => resolve(false), timeoutMs);
    sent.once('continue', () => resolve(false));
    sent.once('response', (response: IncomingMessage) => {
      // The body that was announced stays away, so nothing else can follow on this connection.
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
