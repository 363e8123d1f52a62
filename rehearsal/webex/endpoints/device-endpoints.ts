import { Hono, type Context } from 'hono';
import { DEVICE_REDIRECT_URLS } from '../../../lib/webex/device-grant';
import { refuseMethod } from '../replies/api-refusal';
import { authenticateClient } from '../client-authentication';
import { hashOf } from '../device-requests';
import { readForm, required } from '../oauth-form';
import { answerOAuth, OAuthRefusal } from '../replies/oauth-answer';
import type { Simulation, SimulatorEnv } from '../simulation';
import { firstTokenReply } from '../replies/token-reply';
import { VERIFY_PATH } from './verify-endpoint';

export const DEVICE_PATH = '/v1/device';
export const DEVICE_TOKEN_PATH = `${DEVICE_PATH}/token`;

export const DEVICE_GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';

/**
 * `POST /v1/device/authorize` begins a device grant, and `POST /v1/device/token` polls it.
 *
 * @see https://developer.webex.com/docs/login-with-webex#device-authorization-endpoint
 */
export function deviceEndpoints(webex: Simulation): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  app.post('/authorize', (c) => answerOAuth(webex, c, () => begin(webex, c)));
  app.post('/token', (c) => answerOAuth(webex, c, () => ask(webex, c)));
  app.all('/authorize', refuseMethod('POST'));
  app.all('/token', refuseMethod('POST'));
  return app;
}

async function begin(webex: Simulation, c: Context<SimulatorEnv>): Promise<object> {
  const form = await readForm(c);
  // Webex requires no authentication here, so a secret would be in the wrong place.
  if (form.has('client_secret') || c.req.header('authorization') !== undefined) {
    throw new OAuthRefusal('invalid_request', 'this endpoint takes no authentication; send client_id and scope alone');
  }
  const clientId = required(form, 'client_id');
  const client = webex.clients.find((candidate) => candidate.clientId === clientId);
  if (client === undefined) {
    throw new OAuthRefusal('invalid_client', 'Client Id is invalid');
  }
  const scopes = [...new Set((form.get('scope') ?? '').split(' ').filter((scope) => scope !== ''))];
  if (scopes.length === 0 || !scopes.every((scope) => client.scopes.includes(scope))) {
    throw new OAuthRefusal('invalid_scope', 'The scope is missing, or not all of it is registered for the client');
  }
  if (!DEVICE_REDIRECT_URLS.every((url) => client.redirectUrls.includes(url))) {
    throw new OAuthRefusal('invalid_request', 'The redirect_uri of the device grant is not registered for the client');
  }
  const request = webex.devices.add(client, scopes, webex.behavior);
  return {
    device_code: request.deviceCode,
    expires_in: webex.behavior.deviceCodeTtlSeconds,
    user_code: request.userCode,
    verification_uri: `${webex.url}${VERIFY_PATH}`,
    verification_uri_complete: `${webex.url}${VERIFY_PATH}?userCode=${hashOf(request)}`,
    interval: webex.behavior.deviceIntervalSeconds,
  };
}

async function ask(webex: Simulation, c: Context<SimulatorEnv>): Promise<object> {
  const form = await readForm(c);
  const authorization = c.req.header('authorization');
  if (authorization === undefined || form.has('client_secret')) {
    throw new OAuthRefusal('invalid_client', 'the client must authenticate by a Basic header', 401, {
      'WWW-Authenticate': 'Basic realm="webex"',
    });
  }
  const client = authenticateClient(webex.clients, form, authorization);
  if (required(form, 'grant_type') !== DEVICE_GRANT_TYPE) {
    throw new OAuthRefusal('unsupported_grant_type', `grant_type must be ${DEVICE_GRANT_TYPE}`);
  }
  required(form, 'client_id');
  const answer = webex.devices.ask(required(form, 'device_code'), client);
  switch (answer) {
    case 'unknown':
      throw new OAuthRefusal('invalid_grant', 'the device code is unknown for this client, or was used');
    case 'expired':
      throw new OAuthRefusal(webex.behavior.deviceExpired, 'the device code has expired; begin again');
    case 'too-fast':
      throw new OAuthRefusal('slow_down', 'asked again too soon; wait 5 s longer from now on');
    case 'pending':
      throw new OAuthRefusal('authorization_pending', 'nobody has answered yet', webex.behavior.devicePending);
    default:
      if ('denied' in answer) {
        throw new OAuthRefusal('access_denied', answer.denied);
      }
      return firstTokenReply(webex, answer);
  }
}
