import { randomBytes } from 'node:crypto';
import {
  ExplainedError,
  HttpTransport,
  noAnswer,
  notWebex,
  safeText,
  WebexResponseError,
} from 'webex-token-client/core';
import { z } from 'zod';

export interface ClientSecretCheckOptions {
  /** Such as `https://webexapis.com/v1/access_token`. */
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Longest wait for an answer. @default 30000 */
  readonly timeoutMs?: number;
  /** Ends the request. @default - none */
  readonly signal?: AbortSignal;
}

export interface ClientSecretCheck {
  /** `untold`: Webex answers to it as it does to a wrong one, or to each in another way, and says nothing of secrets. */
  readonly verdict: 'accepted' | 'refused' | 'untold';
  /** Webex's own words, free of secrets. */
  readonly said: string;
}

const refusalReply = z.object({
  /** As RFC 6749 has it. */
  error: z.string().optional().catch(undefined),
  error_description: z.string().optional().catch(undefined),
  /** As Webex's other errors have it. */
  message: z.string().optional().catch(undefined),
  trackingId: z.string().optional().catch(undefined),
});

interface Refusal {
  readonly status: number;
  readonly code?: string;
  readonly said: string;
}

/**
 * Whether Webex knows a client by this secret, asked without touching any grant: by a refresh token that is made up.
 * Webex refuses the client first, and only then the token.
 *
 * Where it refuses in words of its own instead of RFC 6749's codes, a secret is taken for accepted if it is refused
 * otherwise than two wrong ones, which are both refused alike.
 *
 * @throws WebexResponseError where Webex answers 429 or 5xx; WebexUnreachableError; the signal's reason
 */
export async function checkClientSecret(options: ClientSecretCheckOptions): Promise<ClientSecretCheck> {
  const refusal = await refusalOf(options);
  const { code, said } = refusal;
  if (code === 'invalid_grant') {
    return { verdict: 'accepted', said };
  }
  if (code === 'invalid_client' || code === 'unauthorized_client') {
    return { verdict: 'refused', said };
  }
  const wrong = [];
  for (const clientSecret of wrongOnes(options.clientSecret)) {
    const { status, said: words } = await refusalOf({ ...options, clientSecret });
    wrong.push(`${status} ${words}`);
  }
  const alike = new Set(wrong).size === 1;
  return { verdict: alike && wrong[0] !== `${refusal.status} ${said}` ? 'accepted' : 'untold', said };
}

async function refusalOf(options: ClientSecretCheckOptions): Promise<Refusal> {
  const { tokenUrl, clientId, clientSecret, timeoutMs = 30_000, signal } = options;
  const apiUrl = tokenUrl.replace(/\/access_token$/, '');
  const refreshToken = randomBytes(48).toString('base64url');
  const transport = new HttpTransport();
  try {
    const { status, body } = await transport.send({
      method: 'POST',
      url: new URL(tokenUrl),
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: clientId,
        client_secret: clientSecret,
        refresh_token: refreshToken,
      }).toString(),
      headersTimeoutMs: timeoutMs,
      bodyTimeoutMs: timeoutMs,
      signal,
    });
    const text = await body.text();
    const reply = refusalReply.safeParse(jsonOf(text));
    const { error, error_description: description, message, trackingId } = reply.data ?? {};
    const hidden = [clientSecret, refreshToken, ...(trackingId === undefined ? [] : [trackingId])];
    const said = safeText(description ?? message ?? error ?? 'no message', hidden).replace(/\.$/, '');
    if (status === 429 || status >= 500) {
      throw new WebexResponseError('access_token', status, said, trackingId && safeText(trackingId, hidden));
    }
    if (status < 400 || (error === undefined && message === undefined)) {
      throw notWebex(apiUrl, 'access_token');
    }
    return { status, code: error, said };
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof ExplainedError ? error : noAnswer(apiUrl, error);
  } finally {
    await transport.close();
  }
}

/** Of the same form as the given one, so that they are refused for being wrong and not for their looks. */
function wrongOnes(secret: string): string[] {
  const last = /[a-z0-9](?=[^a-z0-9]*$)/i;
  return ['0', '1', '2']
    .map((digit) => (last.test(secret) ? secret.replace(last, digit) : secret + digit))
    .filter((wrong) => wrong !== secret)
    .slice(0, 2);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
