import { Hono, type Context } from 'hono';
import { randomBytes } from 'node:crypto';
import { refuseMethod } from '../replies/api-refusal';
import { codePage, consentPage, donePage } from '../replies/authorize-page';
import { DENIED_BY_ORGANIZATION } from '../behavior';
import type { DeviceRequest } from '../device-requests';
import { isFromAnotherSite, refusePage, secureHeaders } from '../replies/page-answer';
import type { Simulation, SimulatorEnv } from '../simulation';

/** Webex has this page on another host. */
export const VERIFY_PATH = '/verify';

const AGAIN = 'Check the code on the device and type it again. If it has expired, request a new one.';

/** `GET /verify` asks a person for the code of a device, and `POST` receives the code and the answer. */
export function verifyEndpoint(webex: Simulation): Hono<SimulatorEnv> {
  const pending = new Map<string, DeviceRequest>();
  const app = new Hono<SimulatorEnv>();

  app.get('/', (c) => {
    const hash = c.req.query('userCode');
    if (hash === undefined) {
      secureHeaders(c);
      return c.html(codePage(VERIFY_PATH));
    }
    return askPerson(webex, c, hash, pending);
  });

  app.post('/', async (c) => {
    if (isFromAnotherSite(c)) {
      return refusePage(c, 'The answer comes from a page of another site.', AGAIN, 403);
    }
    const form = new URLSearchParams(await c.req.text());
    const userCode = form.get('userCode');
    if (userCode !== null) {
      return askPerson(webex, c, userCode.replace(/[\s-]/g, ''), pending);
    }
    const transaction = form.get('transaction') ?? '';
    const request = pending.get(transaction);
    // Each page accepts one answer.
    pending.delete(transaction);
    if (request === undefined) {
      return refusePage(c, 'This page was answered before, or is not ours.', AGAIN);
    }
    return takeAnswer(webex, c, request, form);
  });
  app.all('/', refuseMethod('GET', 'POST'));
  return app;
}

function askPerson(
  webex: Simulation,
  c: Context<SimulatorEnv>,
  typed: string,
  pending: Map<string, DeviceRequest>,
): Response | Promise<Response> {
  const request = webex.devices.findWaiting(typed);
  if (request === undefined) {
    return refusePage(c, 'No device waits with this code.', AGAIN);
  }
  if (webex.behavior.switchedOff?.clientId === request.client.clientId) {
    webex.devices.deny(request, DENIED_BY_ORGANIZATION);
    return refusePage(c, DENIED_BY_ORGANIZATION, 'Ask an administrator of Webex.');
  }
  const transaction = randomBytes(32).toString('base64url');
  pending.set(transaction, request);
  secureHeaders(c);
  const users = webex.users.filter(({ isDeactivated }) => !isDeactivated);
  const { client, scopes } = request;
  return c.html(consentPage({ client, scopes, transaction, users, action: VERIFY_PATH }));
}

function takeAnswer(
  webex: Simulation,
  c: Context<SimulatorEnv>,
  request: DeviceRequest,
  form: URLSearchParams,
): Response | Promise<Response> {
  const user = webex.users.find(({ email, isDeactivated }) => email === form.get('user') && !isDeactivated);
  const decision = form.get('decision');
  if (decision !== 'deny' && (decision !== 'accept' || user === undefined)) {
    return refusePage(c, 'The answer names no known user or no decision.', AGAIN);
  }
  const isTaken =
    decision === 'accept' && user !== undefined
      ? webex.devices.accept(request, user)
      : webex.devices.deny(request, 'The user denied the request.');
  if (!isTaken) {
    return refusePage(c, 'The code has expired, or was answered before.', AGAIN);
  }
  secureHeaders(c);
  return c.html(donePage(decision));
}
