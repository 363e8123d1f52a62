import { z } from 'zod';

/*
 * Request lines of `webex-token proxy`. The proxy has one reason for each request that it refuses itself.
 */

const requestLine = z.object({
  time: z.iso.datetime({ offset: true }),
  credential: z.string(),
  /** Name of the app in Vault; null if the proxy has a Vault token without a login. */
  app: z.string().nullable(),
  method: z.string(),
  path: z.string(),
  status: z.number(),
  /** @default - the request went to Webex */
  refusal: z.string().optional(),
});

export type RequestLine = z.output<typeof requestLine>;

/** @returns undefined if the value is no request line of a proxy */
export function parseRequestLine(value: unknown): RequestLine | undefined {
  return requestLine.safeParse(value).data;
}

/** `refused` by the proxy itself; `failed`: Vault or Webex gave no answer. */
export type RequestOutcome = 'sent' | 'refused' | 'failed';

/** The proxy names the party that failed in place of a reason of its own. */
const FAILURES = ['vault', 'webex'];

export function requestOutcome({ refusal }: Pick<RequestLine, 'refusal'>): RequestOutcome {
  return refusal === undefined ? 'sent' : FAILURES.includes(refusal) ? 'failed' : 'refused';
}
