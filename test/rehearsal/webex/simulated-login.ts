import { z } from 'zod';
import { DEVICE_REDIRECT_URLS } from '../../../lib/webex/device-grant';
import { DEFAULT_USERS } from '../../../rehearsal/webex/simulated-user';
import { webexId } from '../../../rehearsal/webex/webex-id';
import type { SimulatedClient, SimulatedServiceApp } from '../../../rehearsal/webex/simulated-client';
import { WebexSimulator, type WebexSimulatorOptions } from '../../../rehearsal/webex/webex-simulator';

/* The steps of a login at the simulator, for the tests of its endpoints. */

export const ADMIN = 'ada.admin@example.com';
export const OTHER_ADMIN = 'blake.backup@example.com';
export const PLAIN_USER = 'uma.user@example.com';
export const REDIRECT_URL = 'http://localhost:5000/auth';

export const CLIENT: SimulatedClient = {
  clientId: 'C-integration',
  // Form encoding changes these characters. Clients must encode them in the body and in Basic authentication.
  clientSecret: 's3cret:with/+%',
  redirectUrls: [REDIRECT_URL, ...DEVICE_REDIRECT_URLS],
  scopes: [
    'spark:people_read',
    'spark-admin:people_read',
    'analytics:read_all',
    'identity:people_read',
    'identity:tokens_read',
    'identity:tokens_write',
  ],
  name: 'Token vault',
};

export const OTHER_CLIENT: SimulatedClient = {
  ...CLIENT,
  clientId: 'C-other',
  clientSecret: 'other-secret',
  name: undefined,
};

export const ORGANIZATION = DEFAULT_USERS[0]?.orgId ?? '';

/** A client whose grants can request the tokens of Service Apps. */
export const ASKING_CLIENT: SimulatedClient = {
  ...CLIENT,
  clientId: 'C-asking',
  clientSecret: 'asking-secret',
  scopes: ['spark:applications_token', 'spark:people_read'],
};

export const SERVICE_APP: SimulatedServiceApp = {
  applicationId: webexId('APPLICATION', 'service-app'),
  clientId: 'C-service-app',
  clientSecret: 'service-app:secret/+%',
  scopes: ['spark-admin:people_read', 'analytics:read_all', 'identity:people_read'],
  name: 'Nightly report',
};

export const tokenReply = z.strictObject({
  access_token: z.string(),
  expires_in: z.number(),
  refresh_token: z.string(),
  refresh_token_expires_in: z.number(),
  token_type: z.literal('Bearer'),
  scope: z.string().optional(),
});

export type TokenReply = z.infer<typeof tokenReply>;

export function startSimulator(options: Partial<WebexSimulatorOptions> = {}): Promise<WebexSimulator> {
  return WebexSimulator.start({
    clients: [CLIENT, OTHER_CLIENT, ASKING_CLIENT],
    serviceApps: [SERVICE_APP],
    ...options,
  });
}

/** @param changes parameters to set; `undefined` removes a parameter */
export function authorizeUrl(webex: WebexSimulator, changes: Record<string, string | undefined> = {}): string {
  const parameters: Record<string, string | undefined> = {
    response_type: 'code',
    client_id: CLIENT.clientId,
    redirect_uri: REDIRECT_URL,
    scope: 'spark:people_read',
    state: 'state-1',
    ...changes,
  };
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `${webex.apiUrl}/authorize?${new URLSearchParams(given).toString()}`;
}

export async function obtainCode(
  webex: WebexSimulator,
  changes: Record<string, string | undefined> = {},
  as?: string,
): Promise<string> {
  const code = new URL(await webex.consent(authorizeUrl(webex, changes), { as })).searchParams.get('code');
  if (code === null) {
    throw new Error('the redirect carries no code');
  }
  return code;
}

export function postToken(
  webex: WebexSimulator,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${webex.apiUrl}/access_token`, { method: 'POST', body: new URLSearchParams(form), headers });
}

export function inBody(client: Pick<SimulatedClient, 'clientId' | 'clientSecret'>): Record<string, string> {
  return { client_id: client.clientId, client_secret: client.clientSecret };
}

export function exchangeCode(webex: WebexSimulator, code: string, changes: Record<string, string> = {}) {
  const form = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URL, ...inBody(CLIENT), ...changes };
  return postToken(webex, form);
}

export function refreshWith(
  webex: WebexSimulator,
  refreshToken: string,
  client: Pick<SimulatedClient, 'clientId' | 'clientSecret'> = CLIENT,
): Promise<Response> {
  return postToken(webex, { grant_type: 'refresh_token', refresh_token: refreshToken, ...inBody(client) });
}

export async function login(
  webex: WebexSimulator,
  options: { scope?: string; as?: string; client?: SimulatedClient } = {},
): Promise<TokenReply> {
  const { scope = 'spark:people_read', as, client = CLIENT } = options;
  const code = await obtainCode(webex, { scope, client_id: client.clientId }, as);
  return tokenReply.parse(await (await exchangeCode(webex, code, inBody(client))).json());
}

export function basic(id: string, secret: string): Record<string, string> {
  const credentials = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`;
  return { Authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

export function call(url: string, accessToken?: string, method = 'GET'): Promise<Response> {
  return fetch(url, { method, headers: accessToken === undefined ? {} : { Authorization: `Bearer ${accessToken}` } });
}
