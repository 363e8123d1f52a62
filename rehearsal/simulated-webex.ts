import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { DEVICE_REDIRECT_URLS } from '../lib/webex/device-grant';
import type { RehearsalListener, SimulationRequest } from '../lib/rehearsal/rehearsal-request';
import { WebexSimulator } from './webex/webex-simulator';

/** Scopes of the examples and samples. */
const SCOPES = [
  'spark:people_read',
  'spark:rooms_read',
  'analytics:read_all',
  'meeting:schedules_read',
  'identity:people_read',
  'identity:tokens_read',
  'identity:tokens_write',
  'spark:applications_token',
];

/** Runs a simulated Webex with one integration, until the signal. */
export async function simulateWebex(request: SimulationRequest, listener: RehearsalListener): Promise<void> {
  const { port, redirectUrls } = request;
  const scopes = [...new Set([...SCOPES, ...request.scopes])];
  const { signal, onWebex } = listener;
  signal.throwIfAborted();
  const clientId = `C${randomBytes(16).toString('hex')}`;
  const clientSecret = randomBytes(32).toString('hex');
  await using webex = await WebexSimulator.start({
    port,
    clients: [{ clientId, clientSecret, redirectUrls: [...redirectUrls, ...DEVICE_REDIRECT_URLS], scopes }],
  });
  const people = webex.users.map(({ email }) => email);
  onWebex?.({ apiUrl: webex.apiUrl, clientId, clientSecret, redirectUrls, scopes, people });
  if (!signal.aborted) {
    await once(signal, 'abort');
  }
}
