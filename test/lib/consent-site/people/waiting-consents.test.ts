import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { findWaiting } from '../../../../lib/consent-site/people/waiting-consents';
import { waitingItem } from '../../../../lib/consent-site/people/waiting-item';
import type { Deployment, DeploymentInput } from '../../../../lib/declaration/schema/deployment';
import { closeServer } from '../../../../lib/browser/loopback-servers';
import { VaultClient } from '../../../../lib/vault/vault-client';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';
import { credentialAnswer, refusal, ScriptedVault } from '../../../fixtures/loopback/scripted-vault';

const BASE = new URL('https://grants.example.com/webex/');
const ADA = 'ada.admin@example.com';
const signal = new AbortController().signal;

function declared(credentials: DeploymentInput['credentials']): Deployment {
  return exampleDeployment({
    integrations: [
      { name: 'here', clientId: 'C1', redirectUrl: 'https://grants.example.com/webex/callback' },
      { name: 'there', clientId: 'C2', redirectUrl: 'https://other.example.com/callback' },
      { name: 'loopback', clientId: 'C3' },
    ],
    credentials,
    apps: [],
  });
}

function credential(name: string, integration = 'here', owner: string | undefined = ADA) {
  return { name, integration, scopes: ['spark:people_read'], owner };
}

function consent(record: object) {
  const data = { version: 1, by: null, accessTokenSeconds: null, refreshTokenTtlSeconds: null, ...record };
  return { body: { data: { data, metadata: { version: 1 } } } };
}

const days = (count: number) => new Date(Date.now() + count * 86_400_000);

it('the look tells why each credential waits, and leaves out those that need nobody', async () => {
  await using vault = await ScriptedVault.start();
  const names = ['never', 'gone', 'refused', 'soon', 'fewer', 'healthy', 'outage'];
  const deployment = declared(names.map((name) => credential(name)));
  const records = `${deployment.engine.recordsPath}/data/consents`;
  vault.answer(`${records}/gone`, consent({ consentedAt: days(-10) }));
  vault.answer('oauthapp/creds/refused', refusal(400, 'server rejected request: invalid_grant'));
  vault.answer('oauthapp/creds/soon', credentialAnswer('a-token', days(2)));
  vault.answer(`${records}/soon`, consent({ consentedAt: days(-88), refreshTokenTtlSeconds: 90 * 86_400 }));
  vault.answer('oauthapp/creds/fewer', credentialAnswer('a-token', days(10)));
  vault.answer(`${records}/fewer`, consent({ consentedAt: days(-1), grantedScopes: ['spark:rooms_read'] }));
  vault.answer('oauthapp/creds/healthy', credentialAnswer('a-token', days(10)));
  vault.answer(`${records}/healthy`, consent({ consentedAt: days(-1), refreshTokenTtlSeconds: 90 * 86_400 }));
  vault.answer('oauthapp/creds/outage', refusal(503, 'sealed'));
  const client = new VaultClient({ address: vault.address, token: 'of-a-person' });
  const look = await findWaiting({ deployment, vault: client, signal });
  expect(look.waiting.map(({ name, cause }) => [name, cause])).toEqual([
    ['never', 'never given'],
    ['gone', 'ended'],
    ['refused', 'ended'],
    ['soon', 'ends soon'],
    ['fewer', 'scopes missing'],
  ]);
  expect(look.waiting.find(({ name }) => name === 'fewer')?.detail).toBe('spark:people_read');
  expect(JSON.stringify(look)).not.toContain('a-token');
  expect(vault.requests.filter((request) => !request.startsWith('GET'))).toEqual([]);
});

it.each([
  ['here', ADA, { href: '/webex/consent/people' }],
  ['here', undefined, { instead: 'Name its owner in the declaration first' }],
  ['there', ADA, { instead: 'Consent at https://other.example.com/' }],
  ['loopback', ADA, { instead: expect.stringMatching(/^At a terminal: .*authorize people$/) as string }],
])('a credential of integration %s with owner %s has its next step', async (integration, owner, step) => {
  await using vault = await ScriptedVault.start();
  const deployment = declared([{ ...credential('people', integration), owner }]);
  const client = new VaultClient({ address: vault.address, token: 'of-a-person' });
  const { waiting } = await findWaiting({ deployment, vault: client, signal });
  expect(waiting.map((each) => waitingItem(each, BASE))).toMatchObject([{ credential: 'people', ...step }]);
});

it('a thousand credentials are looked at by a few requests at a time', async () => {
  const deployment = declared(Array.from({ length: 1000 }, (_, index) => credential(`grant-${index}`)));
  let [open, most, all] = [0, 0, 0];
  const server = createServer((_: IncomingMessage, response: ServerResponse) => {
    all += 1;
    most = Math.max(most, (open += 1));
    setImmediate(() => {
      open -= 1;
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"errors":[]}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const vault = new VaultClient({ address, token: 'of-a-person' });
  const { waiting, unknown } = await findWaiting({ deployment, vault, signal });
  await closeServer(server);
  expect(waiting).toHaveLength(1000);
  expect(unknown).toEqual([]);
  expect(all).toBe(2000);
  expect(most).toBeLessThanOrEqual(16);
});
