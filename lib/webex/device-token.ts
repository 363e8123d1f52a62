import { type ExplainedError, notWebex, WebexResponseError, WebexUnreachableError } from '#core';
import type { RequestLimits } from './exchange';
import { ClientRefused, DeviceGrantDenied, DeviceGrantExpired, RequestRefused } from './grant-errors';
import { basicAuthorization, endpointUrl, type OAuthAnswer, oauthRequest } from './oauth-request';
import { secretVerdict } from './token-request';
import { TokenPair } from './token-pair';

/*
 * One question for what became of a device code, and what Webex's answer means.
 */

export const DEVICE_TOKEN_PATH = 'device/token';

export interface DeviceQuestion extends RequestLimits {
  /** Such as `https://webexapis.com/v1`. */
  readonly apiUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly deviceCode: string;
}

/**
 * @returns the pair; what Webex answers instead; or the trouble because of which it did not
 * @throws WebexUnreachableError where it is no pair that came instead of a refusal; the signal's reason
 */
export async function askForTokens(
  question: DeviceQuestion,
): Promise<TokenPair | OAuthAnswer | WebexResponseError | WebexUnreachableError> {
  const { apiUrl, clientId, clientSecret, deviceCode, timeoutMs, signal } = question;
  let answer: OAuthAnswer;
  try {
    answer = await oauthRequest({
      url: endpointUrl(apiUrl, DEVICE_TOKEN_PATH),
      path: DEVICE_TOKEN_PATH,
      fields: {
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: deviceCode,
        client_id: clientId,
      },
      authorization: basicAuthorization(clientId, clientSecret),
      secrets: [clientSecret, deviceCode],
      timeoutMs,
      signal,
    });
  } catch (error) {
    if (error instanceof WebexUnreachableError) {
      return error;
    }
    throw error;
  }
  const { status, json, said, trackingId } = answer;
  if (status >= 500) {
    return new WebexResponseError(DEVICE_TOKEN_PATH, status, said, trackingId);
  }
  if (status >= 300) {
    return answer;
  }
  const pair = TokenPair.from(json);
  if (pair === undefined) {
    throw notWebex(apiUrl, DEVICE_TOKEN_PATH);
  }
  return pair;
}

/** Nobody has answered yet: by a status that is Webex's alone, or in RFC 8628's words. */
export function isPending({ status, code }: OAuthAnswer): boolean {
  return status === 428 || code === 'authorization_pending' || code === 'slow_down';
}

/**
 * What ends the waiting.
 *
 * @param unseen why an answer before this one was lost, which may have been the pair
 */
export async function deviceRefusal(
  answer: OAuthAnswer,
  question: DeviceQuestion,
  unseen?: string,
): Promise<ExplainedError> {
  const { apiUrl, clientId, clientSecret, timeoutMs, signal } = question;
  switch (answer.code) {
    case 'access_denied':
      return new DeviceGrantDenied(answer);
    // Webex documents the second for a code that is no good any more, RFC 8628 the first.
    case 'expired_token':
    case 'invalid_grant':
      return new DeviceGrantExpired(unseen);
    case 'invalid_client':
      return new ClientRefused(clientId, answer);
    case undefined: {
      const tokenUrl = endpointUrl(apiUrl, 'access_token');
      const verdict = await secretVerdict({ tokenUrl, clientId, clientSecret, timeoutMs, signal });
      return verdict === 'refused'
        ? new ClientRefused(clientId, answer)
        : new RequestRefused(DEVICE_TOKEN_PATH, answer);
    }
    default:
      return new RequestRefused(DEVICE_TOKEN_PATH, answer);
  }
}
