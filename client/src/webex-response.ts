import type { AnswerBody, HttpAnswer } from '#core';

/** Statuses without a body. @see https://fetch.spec.whatwg.org/#null-body-status */
const WITHOUT_BODY = [204, 205, 304];

/** Returns the answer as `fetch` does. */
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

/** Reads begin with the first pull, because a pending read keeps the process alive. */
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

/** Matches `<target>` and its parameters. Both may contain commas and semicolons, in quotes or brackets. */
const LINK = /<([^>]*)>((?:\s*;\s*[^\s=;,]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)*)/g;
const PARAMETER = /;\s*([^\s=;,]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/g;

/**
 * Returns the next page that a `Link` header names. A page at another origin is ignored, because it would get the token.
 *
 * @see RFC 5988 (8288), and https://developer.webex.com/docs/basics#pagination
 */
export function nextPage(header: string | null, current: URL): URL | undefined {
  for (const [, target = '', parameters = ''] of (header ?? '').matchAll(LINK)) {
    const relation = [...parameters.matchAll(PARAMETER)].find(([, name]) => name?.toLowerCase() === 'rel');
    const relations = (relation?.[2] ?? relation?.[3] ?? '').toLowerCase().split(/\s+/);
    if (relations.includes('next') && URL.canParse(target, current.href)) {
      const next = new URL(target, current);
      return next.origin === current.origin ? next : undefined;
    }
  }
  return undefined;
}
