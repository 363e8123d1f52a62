import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AnswerRewriting, answerHeaders } from './answer-headers';
import { headerPairs } from './raw-headers';

export interface ProxiedAnswerProps {
  readonly rewriting: AnswerRewriting;
  /** Headers of the proxy itself, as names and values in turn. */
  readonly ownHeaders: readonly string[];
  /** Whether the caller can read trailers, as HTTP/1.0 cannot. */
  readonly hasTrailers: boolean;
  /** Called with the length of each part of the body. */
  readonly onPart: (bytes: number) => void;
  /** Called if the answer ends before its end. The caller's connection is closed then, so the caller notices. */
  readonly onCut: () => void;
}

/** Streams an answer of the upstream to the caller. */
export function deliverAnswer(answer: IncomingMessage, response: ServerResponse, props: ProxiedAnswerProps): void {
  const { rewriting, ownHeaders, hasTrailers, onPart, onCut } = props;
  response.writeHead(answer.statusCode ?? 0, [...answerHeaders(answer.rawHeaders, rewriting), ...ownHeaders]);
  let hasBegun = false;
  answer.on('data', (part: Buffer) => {
    hasBegun = true;
    onPart(part.length);
  });
  answer.pipe(response, { end: false });
  answer.once('end', () => {
    if (hasTrailers && answer.rawTrailers.length > 0) {
      response.addTrailers(headerPairs(answerHeaders(answer.rawTrailers, rewriting)));
    }
    response.end();
  });
  answer.once('close', () => {
    if (!answer.complete) {
      onCut();
      response.destroy();
    }
  });
  // A head whose body is late goes out alone. Usually both go out together.
  setImmediate(() => !hasBegun && !response.writableEnded && !response.destroyed && response.flushHeaders());
}
