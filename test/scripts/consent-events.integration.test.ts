import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { simulatedAdministrator, DEFAULT_USERS } from '../../rehearsal/webex/simulated-user';
import type { WebhookDelivery } from '../../rehearsal/webex/service-app-webhooks';
import type { WebexSimulator } from '../../rehearsal/webex/webex-simulator';
import { deploymentInFile } from '../../rehearsal/written-deployment';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { Script } from '../fixtures/programs/script';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';
import { ASKING_CLIENT, login, SERVICE_APP, startSimulator } from '../rehearsal/webex/simulated-login';

/* Events of Service Apps, from the simulated Webex to the command. A proxy of this machine ends TLS. */

const ACME = simulatedAdministrator('admin@acme.example');
const NEWCO = simulatedAdministrator('admin@newco.example');
const BASE = new URL('https://grants.example.com/webex/');
const SECRET = 'c0ffee'.repeat(8);
const SCOPES = ['application:webhooks_read', 'application:webhooks_write'];
const { applicationId } = SERVICE_APP;

const folder = temporaryFolder();
const secretFile = join(folder, 'webhook-secrets');
const state = join(folder, 'organizations.json');
let environment: Record<string, string>;
let webex: WebexSimulator;
let served: Script;
let address: string;
const said: string[] = [];

beforeAll(async () => {
  mkdirSync(join(folder, 'clients'), { mode: 0o700 });
  writeFileSync(join(folder, 'clients/asks'), 'client-secret-of-asks', { mode: 0o600 });
  writeFileSync(secretFile, `${SECRET}\n`, { mode: 0o600 });
  environment = deploymentInFile(folder, declaration([{ name: 'acme', id: ACME.orgId }]));
  webex = await startSimulator({
    clients: [{ ...ASKING_CLIENT, scopes: SCOPES }],
    users: [...DEFAULT_USERS, ACME, NEWCO],
    deliver,
  });
  await register('authorized');
  await register('deauthorized');
  await serve();
});
afterAll(async () => {
  served.child.kill('SIGKILL');
  await webex.stop();
});

function declaration(organizations: { name: string; id: string }[]) {
  const scopes = ['spark-admin:people_read'];
  return exampleDeployment({
    integrations: [
      { name: 'asks', clientId: 'C-asks', redirectUrl: `${BASE.href}callback` },
      { name: 'reports-app', clientId: 'C-service-app' },
    ],
    credentials: [
      { name: 'asker', integration: 'asks', scopes: ['spark:applications_token'] },
      {
        name: 'reports',
        integration: 'reports-app',
        scopes,
        serviceApp: { id: applicationId, requestedBy: 'asker' },
        organizations,
      },
    ],
    apps: [],
    operators: { oidc: { issuer: 'https://id.example', clientId: 'vault', groups: { authorizer: ['webex-admins'] } } },
  });
}

async function serve(): Promise<void> {
  const files = ['--webhook-secret-file', secretFile, '--organizations-state', state];
  const args = ['--serve', '--listen', '127.0.0.1:0', '--client-secrets', join(folder, 'clients'), ...files];
  served = new Script('consent', args, environment);
  [, address = ''] = await served.says(/which this command serves at (\S+)\n/);
}

/** Registers a webhook, as docs/tasks/organizations.md does. */
async function register(event: string): Promise<void> {
  const { access_token: token } = await login(webex, {
    client: { ...ASKING_CLIENT, scopes: SCOPES },
    scope: SCOPES.join(' '),
  });
  const targetUrl = new URL('webhooks/service-apps', BASE).href;
  const body = { name: event, targetUrl, resource: 'serviceApp', event, filter: `id=${applicationId}`, secret: SECRET };
  const answer = await fetch(`${webex.apiUrl}/webhooks`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
}

/** The proxy that ends TLS. */
function deliver({ targetUrl, headers, body }: WebhookDelivery): Promise<number> {
  const { host: name, pathname: path } = new URL(targetUrl);
  const [host, port] = address.split(':');
  return new Promise((resolve, reject) => {
    const asking = request({ host, port, method: 'POST', path, headers: { ...headers, host: name } });
    asking.on('error', reject);
    asking.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asking.end(body);
  });
}

async function statuses(): Promise<number[]> {
  return (await webex.webhooks.delivered()).map(({ status }) => status);
}

async function ended(): Promise<void> {
  served.child.kill('SIGTERM');
  const { exitCode, stderr } = await served.result();
  said.push(stderr);
  expect(exitCode).toBe(0);
}

test('an organization that came is told with the line of the declaration, and a declared one is not', async () => {
  webex.serviceApps.authorize(applicationId, ACME.orgId);
  webex.serviceApps.authorize(applicationId, NEWCO.orgId);
  const line = `organization ${NEWCO.orgId} authorized the Service App of "reports-app"; next: add to the organizations of "reports" { name: "NAME", id: "${NEWCO.orgId}" }\n`;
  await served.says(new RegExp(line.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  expect(await statuses()).toEqual([200, 200]);
});

test('an event is noted once, however often it comes, and one with another signature is refused', async () => {
  const [first] = await webex.webhooks.delivered();
  if (first === undefined) {
    throw new Error('nothing was sent');
  }
  const before = readFileSync(state, 'utf8');
  expect(await deliver(first)).toBe(200);
  expect(await deliver({ ...first, body: first.body.replace('"authorized"', '"deauthorized"') })).toBe(401);
  expect(await deliver({ ...first, headers: { 'content-type': 'application/json' } })).toBe(401);
  expect(readFileSync(state, 'utf8')).toBe(before);
});

test('after a restart, an organization that goes is told with the credential whose grant has ended', async () => {
  await ended();
  await serve();
  webex.serviceApps.withdraw(applicationId, NEWCO.orgId);
  webex.serviceApps.withdraw(applicationId, ACME.orgId);
  await served.says(
    /withdrew its authorization of the Service App of "reports-app", so the grant of "reports-acme" has/,
  );
  expect(await statuses()).toEqual([200, 200, 200, 200]);
  await ended();
  const organizations = JSON.parse(readFileSync(state, 'utf8')) as object;
  expect(organizations).toMatchObject({
    organizations: [
      { event: 'deauthorized', organizationId: NEWCO.orgId },
      { event: 'deauthorized', organizationId: ACME.orgId },
    ],
  });
});

test('nothing that the command says or keeps has the secret of the webhooks', () => {
  expect(said).toHaveLength(2);
  expect([...said, readFileSync(state, 'utf8')].join('\n')).not.toContain(SECRET);
});
