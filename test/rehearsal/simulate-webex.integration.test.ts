import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { defineDeployment } from '../../lib/declaration/define-deployment';
import { run } from '../../lib/processes/child-process';
import { freePort } from '../../lib/processes/free-port';
import { applyDeclaration } from '../../rehearsal/applier/stack';
import { appRole } from '../../rehearsal/app-role';
import { findOauthappPlugin } from '../../rehearsal/server/oauthapp-plugin';
import { OpenBaoServer } from '../../rehearsal/server/openbao';
import { consentAsPerson } from '../../rehearsal/webex/simulated-consent';
import { deploymentInFile } from '../../rehearsal/written-deployment';
import { Typist } from '../fixtures/pages/typist';
import { Script, STARTED_WEBEX_TOKEN } from '../fixtures/programs/script';
import { synthesize } from '../fixtures/worlds/synthesizer';

/* A person tries their own Vault with a simulated Webex that runs alone. */

const simulated = z.object({
  apiUrl: z.url(),
  clientId: z.string().min(1),
  clientSecret: z.string().min(32),
  redirectUrls: z.array(z.string()),
  scopes: z.array(z.string()),
  people: z.array(z.string()),
});

let simulator: Script;
let webex: z.output<typeof simulated>;
beforeAll(async () => {
  const redirectUrl = `http://localhost:${await freePort()}/auth`;
  simulator = new Script('simulate-webex', ['--json', '--redirect-url', redirectUrl, '--scope', 'spark:rooms_write']);
  const [line] = await simulator.prints(/^\{.*\}$/m);
  webex = simulated.parse(JSON.parse(line));
  expect(webex).toMatchObject({
    redirectUrls: [redirectUrl],
    scopes: expect.arrayContaining(['spark:rooms_write']) as string[],
  });
});
afterAll(async () => {
  simulator.child.kill('SIGINT');
  // Ctrl-C is the regular end.
  expect(await simulator.result()).toMatchObject({ exitCode: 0, stderr: '' });
});

it('a person deploys to their own server, consents at the simulated Webex, and an app reads the token', async () => {
  await using server = await OpenBaoServer.start();
  const folder = mkdtempSync(join(tmpdir(), 'own-vault-'));
  const declared = defineDeployment({
    vault: { address: server.address },
    webex: { apiUrl: webex.apiUrl },
    engine: { plugin: { path: await findOauthappPlugin() } },
    integrations: [{ name: 'webex-myapp', clientId: webex.clientId, redirectUrl: webex.redirectUrls[0] }],
    credentials: [{ name: 'testauth', integration: 'webex-myapp', scopes: ['spark:people_read'] }],
    apps: [{ name: 'people-me', reads: ['testauth'] }],
  });
  const environment = deploymentInFile(folder, declared);
  await applyDeclaration({
    stackDirectory: await synthesize({ folder, environment }),
    vault: server.admin,
    token: server.rootToken,
    variables: { webex_myapp_client_secret: webex.clientSecret },
    environment,
    by: 'applier',
    note: () => undefined,
  });

  const asOperator = { ...environment, VAULT_TOKEN: server.rootToken };
  const authorizing = new Script('authorize', ['testauth', '--no-open'], asOperator);
  const [url] = await authorizing.says(/http:\/\/127\S+authorize\?\S+/);
  await fetch(await consentAsPerson(url, webex.people[0] ?? '', 'accept'));
  expect(await authorizing.result()).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('Ada Admin') as string,
  });

  const { roleId, secretId } = await appRole(server.admin, declared, 'people-me');
  const app = { VAULT_ADDR: server.address, VAULT_ROLE_ID: roleId, VAULT_SECRET_ID: secretId };
  const { stdout: token } = await run(process.execPath, [STARTED_WEBEX_TOKEN, 'testauth'], {
    env: { PATH: process.env.PATH, ...app },
  });
  const me = await fetch(`${webex.apiUrl}/people/me`, { headers: { Authorization: `Bearer ${token.trim()}` } });
  expect(await me.json()).toMatchObject({ displayName: 'Ada Admin' });
});

it('the simulated Webex knows no other client', async () => {
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'other', client_secret: 'other' });
  const answer = await fetch(`${webex.apiUrl}/access_token`, { method: 'POST', body });
  expect(answer.ok).toBe(false);
});

it('a person types the line of the page, reads the client and the next lines, and ends it by Ctrl-C', async () => {
  using typist = new Typist();
  const port = String(await freePort());
  const screen = await typist.types('docs/tasks/deploy-to-an-existing-vault.md', 'simulate', {
    instead: { 8080: port },
    dialog: [['_client_secret=', '\u0003']],
  });
  const shown = (label: string) => new RegExp(`^${label}: +(\\S+)`, 'm').exec(screen)?.[1] ?? 'nothing';
  expect(shown('address')).toBe(`http://127.0.0.1:${port}/v1`);
  expect(screen).toContain(`webex: { apiUrl: '${shown('address')}' }`);
  expect(screen).toContain(`export WEBEX_CLIENT_ID=${shown('client id')}`);
  expect(screen).toContain(`export TF_VAR_webex_myapp_client_secret=${shown('client secret')}`);
  // Each run has another secret.
  expect(shown('client secret')).toMatch(/^[0-9a-f]{64}$/);
  expect(shown('client secret')).not.toBe(webex.clientSecret);
});

it('a port that is taken or is none is an error', async () => {
  const { port } = new URL(webex.apiUrl);
  expect(await new Script('simulate-webex', ['--port', port]).result()).toMatchObject({
    exitCode: 1,
    stderr: `error: the Webex simulator cannot listen on 127.0.0.1:${port} (EADDRINUSE); free that port or choose another\n`,
  });
  expect(await new Script('simulate-webex', ['--port', '70000']).result()).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('a port from 1 to 65535') as string,
  });
});
