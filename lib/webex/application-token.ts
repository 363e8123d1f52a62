import type { ExplainedError } from '#core';
import {
  ApplicationsScopeMissing,
  AskingTokenRefused,
  ClientRefused,
  RequestRefused,
  ServiceAppNotAuthorized,
  UnknownServiceApp,
} from './grant-errors';
import { endpointUrl, type OAuthAnswer } from './oauth-request';
import { retryingRequest, type WaitingLimits } from './retrying-request';
import { secretVerdict } from './token-request';
import { TokenPair } from './token-pair';

export interface ApplicationTokenOptions extends WaitingLimits {
  /** Base URL of the API, such as `https://webexapis.com/v1`. */
  readonly apiUrl: string;
  /** Token of an integration's grant with scope `spark:applications_token`, in the organization that owns the Service App. */
  readonly accessToken: string;
  /** Id of the Service App, as Webex's developer portal shows it. */
  readonly applicationId: string;
  /** Client id of the Service App, not of the integration that requests the token. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** Id of the organization whose full administrator authorized the Service App. */
  readonly organization: string;
}

/**
 * A token pair of a Service App, without the consent of a person. The client of the Service App refreshes the pair like
 * any other.
 *
 * @see https://developer.webex.com/admin/docs/api/v1/service-apps/create-service-app-access-token
 * @throws ClientRefused, AskingTokenRefused, ApplicationsScopeMissing, ServiceAppNotAuthorized, UnknownServiceApp,
 *   RequestRefused; TemporarilyUnavailable, WebexResponseError (5xx) or WebexUnreachableError if the problem may pass;
 *   the signal's reason
 */
export async function applicationToken(options: ApplicationTokenOptions): Promise<TokenPair> {
  const { apiUrl, accessToken, applicationId, clientId, clientSecret, organization, timeoutMs, signal } = options;
  const path = `applications/${encodeURIComponent(applicationId)}/token`;
  const answer = await retryingRequest(
    {
      url: endpointUrl(apiUrl, path),
      path,
      as: 'json',
      fields: { clientId, clientSecret, targetOrgId: organization },
      authorization: `Bearer ${accessToken}`,
      secrets: [clientSecret, accessToken],
      timeoutMs,
      signal,
    },
    options.clock,
  );
  if (answer.status >= 300) {
    throw await refusal(answer, path, options);
  }
  return TokenPair.from(answer.json, apiUrl, path);
}

async function refusal(answer: OAuthAnswer, path: string, options: ApplicationTokenOptions): Promise<ExplainedError> {
  const { applicationId, organization, clientId, clientSecret, apiUrl, timeoutMs, signal } = options;
  const { status, code, said } = answer;
  if (status === 404) {
    return new UnknownServiceApp(applicationId, organization, answer);
  }
  if (status === 403) {
    return /\bscopes?\b/i.test(said)
      ? new ApplicationsScopeMissing(applicationId, answer)
      : new ServiceAppNotAuthorized(applicationId, organization, answer);
  }
  // The request presents the token and the client. Webex's message does not tell a program which of the two it refuses.
  const tokenUrl = endpointUrl(apiUrl, 'access_token');
  const verdict =
    code === 'invalid_client'
      ? 'refused'
      : await secretVerdict({ tokenUrl, clientId, clientSecret, timeoutMs, signal });
  if (verdict === 'refused') {
    return new ClientRefused(clientId, answer);
  }
  return status === 401
    ? new AskingTokenRefused(answer)
    : new RequestRefused(
        path,
        answer,
        "check that serviceApp.id, the id of the organization and the client id are the Service App's, as Webex's developer portal and Control Hub show them",
      );
}
