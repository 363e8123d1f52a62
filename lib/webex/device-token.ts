import { type ExplainedError, WebexResponseError, WebexUnreachableError } from '#core';
import type { RequestLimits } from './http-exchange';
import { ClientRefused, DeviceGrantDenied, DeviceGrantExpired, RequestRefused } from './grant-errors';
import { basicAuthorization, endpointUrl, type OAuthAnswer, oauthRequest } from './oauth-request';
import { secretVerdict } from './token-request';
import { TokenPair } from './token-pair';

/*
 * One poll for the tokens of a device code, and the meaning of Webex's answer.
 */

export const DEVICE_TOKEN_PATH = 'device/token';

export interface DeviceQuestion extends RequestLimits {
  /** Base URL of the API, such as `https://webexapis.com/v1`. */
  readonly apiUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly deviceCode: string;
}

/**
 * @returns the pair; Webex's refusal; or the error of a poll that got no answer or a 5xx
 * @throws WebexUnreachableError if a success has no token pair; the signal's reason
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
  return TokenPair.from(json, apiUrl, DEVICE_TOKEN_PATH);
}

/** The person has not answered yet. Webex says so by status 428, or by a code of RFC 8628. */
export function isPending({ status, code }: OAuthAnswer): boolean {
  return status === 428 || code === 'authorization_pending' || code === 'slow_down';
}

/**
 * The error that ends the polling.
 *
 * @param unseen reason why an earlier answer was lost; that answer may have been the pair
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
    // The code has expired: RFC 8628 defines the first error, and Webex documents the second.
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
