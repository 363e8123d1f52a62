import { z } from 'zod';
import { safeText } from './safe-text';
import { ExplainedError } from './explained-error';

/*
 * What is asked of Webex itself, with an access token in hand.
 */

export interface WebexOptions {
  /** Such as `https://webexapis.com/v1`. */
  readonly apiUrl: string;
  readonly accessToken: string;
  /** Longest wait for one answer. @default 30000 */
  readonly timeoutMs?: number;
}

/** Webex answered, and said no. */
export class WebexResponseError extends ExplainedError {
  override name = 'WebexResponseError';

  constructor(
    readonly path: string,
    readonly statusCode: number,
    /** Webex's own words, free of secrets. */
    readonly said: string,
    /** What Webex's support asks for. */
    readonly trackingId?: string,
  ) {
    const tracking = trackingId === undefined ? '' : ` (tracking id ${trackingId})`;
    super(`Webex answered ${statusCode} to ${path}: ${said}${tracking}; ${ADVICE[statusCode] ?? 'try again later'}`);
  }
}

/** No answer from Webex at all, or one that Webex does not give. */
export class WebexUnreachableError extends ExplainedError {
  override name = 'WebexUnreachableError';
}

const ADVICE: Record<number, string> = {
  401: 'the access token is not valid (any more); read it from Vault again',
  403: 'the grant lacks the scope, or the person the role, that this takes',
  404: 'check the Webex API URL in deployment.ts',
};

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
 * @throws WebexResponseError with 403 where the grant has no scope to tell, such as `spark:people_read`
 */
export async function peopleMe(options: WebexOptions): Promise<Person> {
  const parsed = personReply.safeParse(await get(options, 'people/me'));
  if (!parsed.success) {
    throw notWebex(options.apiUrl, 'people/me');
  }
  return parsed.data;
}

async function get({ apiUrl, accessToken, timeoutMs = 30_000 }: WebexOptions, path: string): Promise<unknown> {
  try {
    const response = await fetch(`${apiUrl.replace(/\/+$/, '')}/${path}`, {
      headers: { authorization: `Bearer ${accessToken}`, accept: 'application/json' },
      // A redirect would carry the token to wherever it points.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return await readJson(response, apiUrl, path, [accessToken]);
  } catch (error) {
    throw error instanceof ExplainedError ? error : noAnswer(apiUrl, error);
  }
}

/**
 * What Webex answered.
 *
 * @param apiUrl and `path`: what was asked, as errors name it
 * @param secrets that were sent, hidden where the answer quotes them
 * @throws WebexResponseError where it is not a success, WebexUnreachableError where it is not Webex's JSON
 */
export async function readJson(
  response: Response,
  apiUrl: string,
  path: string,
  secrets: readonly string[],
): Promise<unknown> {
  const json = parseJson(await response.text());
  if (!response.ok) {
    const { message, trackingId } = errorReply.parse(json);
    const said = message === undefined ? 'no message' : safeText(message, secrets).replace(/\.$/, '');
    throw new WebexResponseError(path, response.status, said, trackingId && safeText(trackingId, secrets));
  }
  if (json === undefined) {
    throw notWebex(apiUrl, path);
  }
  return json;
}

/** For an error of `fetch`. */
export function noAnswer(apiUrl: string, error: unknown): WebexUnreachableError {
  return new WebexUnreachableError(
    `no answer from Webex at ${apiUrl} (${reason(error)}); check the network, and the Webex API URL in deployment.ts`,
  );
}

const errorReply = z
  .object({ message: z.string().optional().catch(undefined), trackingId: z.string().optional().catch(undefined) })
  .catch({ message: undefined, trackingId: undefined });

/** For an answer that another server gave. */
export function notWebex(apiUrl: string, path: string): WebexUnreachableError {
  return new WebexUnreachableError(
    `${apiUrl} answered ${path} with something that Webex does not say; check the Webex API URL in deployment.ts`,
  );
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

const fetchFailure = z.object({ name: z.string(), cause: z.object({ code: z.string() }).optional().catch(undefined) });

/** Node's error code where there is one; its message may hold the request. */
function reason(error: unknown): string {
  const failure = fetchFailure.safeParse(error).data;
  return failure?.name === 'TimeoutError' ? 'timeout' : (failure?.cause?.code ?? 'the request failed');
}
