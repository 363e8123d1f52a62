import { Hono } from 'hono';
import { randomBytes } from 'node:crypto';
import { refuseMethod } from '../replies/api-refusal';
import { consentPage } from '../replies/authorize-page';
import {
  AuthorizationRequestError,
  parseAuthorizationRequest,
  type AuthorizationRequest,
} from '../authorization-request';
import { DENIED_BY_ORGANIZATION } from '../behavior';
import { isFromAnotherSite, refusePage, secureHeaders } from '../replies/page-answer';
import type { SimulatedUser } from '../simulated-user';
import type { Simulation, SimulatorEnv } from '../simulation';

const REGISTRATION_ADVICE = 'Check the client id and redirect URL that are registered at Webex.';

/** `GET /v1/authorize` shows the consent page, and `POST` receives the person's answer. */
export function authorizeEndpoint(webex: Simulation): Hono<SimulatorEnv> {
  const pending = new Map<string, AuthorizationRequest>();
  const app = new Hono<SimulatorEnv>();

  app.get('/', (c) => {
    try {
      const request = parseAuthorizationRequest(new URL(c.req.url).searchParams, webex.clients);
      refuseSwitchedOff(webex, request);
      const transaction = randomBytes(32).toString('base64url');
      pending.set(transaction, request);
      secureHeaders(c, request.redirectUri);
      const users = webex.users.filter(({ isDeactivated }) => !isDeactivated);
      return c.html(consentPage({ ...request, transaction, users }));
    } catch (error) {
      if (!(error instanceof AuthorizationRequestError)) {
        throw error;
      }
      return error.redirect === undefined
        ? refusePage(c, error.message, REGISTRATION_ADVICE)
        : c.redirect(withParameters(error.redirect, { error: error.code, error_description: error.message }));
    }
  });

  app.post('/', async (c) => {
    if (isFromAnotherSite(c)) {
      return refusePage(c, 'The answer comes from a page of another site.', 'Open the authorization link again.', 403);
    }
    const form = new URLSearchParams(await c.req.text());
    const transaction = form.get('transaction') ?? '';
    const request = pending.get(transaction);
    // Each page accepts one answer.
    pending.delete(transaction);
    if (!request) {
      return refusePage(c, 'This page was answered before, or is not ours.', 'Open the authorization link again.');
    }
    const user = webex.users.find(({ email, isDeactivated }) => email === form.get('user') && !isDeactivated);
    switch (form.get('decision')) {
      case 'deny':
        return c.redirect(
          withParameters(request, { error: 'access_denied', error_description: 'The user denied the request.' }),
          303,
        );
      case 'accept':
        if (user) {
          return c.redirect(withParameters(request, { code: issueCode(webex, request, user) }), 303);
        }
    }
    return refusePage(c, 'The answer names no known user or no decision.', 'Open the authorization link again.');
  });
  app.all('/', refuseMethod('GET', 'POST'));
  return app;
}

function refuseSwitchedOff({ behavior }: Simulation, { client, redirectUri, state }: AuthorizationRequest): void {
  if (behavior.switchedOff?.clientId === client.clientId) {
    throw new AuthorizationRequestError('access_denied', DENIED_BY_ORGANIZATION, { redirectUri, state });
  }
}

function issueCode(webex: Simulation, request: AuthorizationRequest, user: SimulatedUser): string {
  const { client, scopes, redirectUri, challenge } = request;
  const code = { grant: webex.grants.add({ client, user, scopes }), redirectUri, challenge };
  return webex.grants.issueCode(code, webex.behavior.codeTtlSeconds);
}

function withParameters(
  { redirectUri, state }: Pick<AuthorizationRequest, 'redirectUri' | 'state'>,
  parameters: Record<string, string>,
): string {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries({ ...parameters, ...(state !== undefined && { state }) })) {
    url.searchParams.append(name, value);
  }
  return url.href;
}
