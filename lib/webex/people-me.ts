import { ExplainedError, HttpTransport, noAnswer, notWebex, webexReply } from 'webex-token-client/core';
import { z } from 'zod';

export interface PeopleMeOptions {
  /** Such as `https://webexapis.com/v1`. */
  readonly apiUrl: string;
  /** @default - none, which Webex refuses with 401 */
  readonly accessToken?: string;
  /** Longest wait for the answer. @default 30000 */
  readonly timeoutMs?: number;
  /** Ends the request. @default - none */
  readonly signal?: AbortSignal;
}

const personReply = z.object({
  id: z.string().min(1),
  emails: z.array(z.string()).min(1),
  displayName: z.string(),
  orgId: z.string(),
});

export type Person = z.infer<typeof personReply>;

/**
 * Whose token it is.
 *
 * @see https://developer.webex.com/docs/api/v1/people/get-my-own-details
 * @throws WebexResponseError with 403 where the grant has no scope to tell, such as `spark:people_read`;
 *   WebexUnreachableError; the signal's reason
 */
export async function peopleMe({ apiUrl, accessToken, timeoutMs = 30_000, signal }: PeopleMeOptions): Promise<Person> {
  const transport = new HttpTransport();
  try {
    const { status, body } = await transport.send({
      method: 'GET',
      url: new URL(`${apiUrl.replace(/\/+$/, '')}/people/me`),
      headers: {
        accept: 'application/json',
        ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
      },
      headersTimeoutMs: timeoutMs,
      bodyTimeoutMs: timeoutMs,
      signal,
    });
    const json = webexReply({ status, text: await body.text() }, apiUrl, 'people/me', [accessToken ?? '']);
    const parsed = personReply.safeParse(json);
    if (!parsed.success) {
      throw notWebex(apiUrl, 'people/me');
    }
    return parsed.data;
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof ExplainedError ? error : noAnswer(apiUrl, error);
  } finally {
    await transport.close();
  }
}
