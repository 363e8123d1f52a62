import type { AnswerBody, HttpAnswer } from '#core';

/** Answers that have no body. @see https://fetch.spec.whatwg.org/#null-body-status */
const WITHOUT_BODY = [204, 205, 304];

/** As `fetch` gives it. */
export function responseOf({ status, headers, body }: HttpAnswer): Response {
  const pairs = Object.entries(headers).flatMap(([name, value = '']) =>
    [value].flat().map((each): [string, string] => [name, each]),
  );
  if (WITHOUT_BODY.includes(status)) {
    body.cancel();
    return new Response(null, { status, headers: pairs });
  }
  return new Response(streamOf(body), { status, headers: pairs });
}

/** Asks for the body once somebody reads it, since one that is waited for keeps the process. */
function streamOf(body: AnswerBody): ReadableStream<Uint8Array> {
  const parts = body[Symbol.asyncIterator]();
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await parts.next();
        if (done) {
          controller.close();
        } else {
          controller.enqueue(new Uint8Array(value));
        }
      },
      cancel: () => body.cancel(),
    },
    { highWaterMark: 0 },
  );
}
