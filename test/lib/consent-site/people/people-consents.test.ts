import { RedirectState } from '../../../../lib/browser/redirect';
import { PeopleConsents } from '../../../../lib/consent-site/people/people-consents';
import { type ShownRequest, Visitor } from '../../../../lib/consent-site/people/visitor';
import type { Deployment } from '../../../../lib/declaration/schema/deployment';
import { VaultClient } from '../../../../lib/vault/vault-client';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';
import { RecordingServer } from '../../../fixtures/loopback/recording-server';
import { ScriptedVault } from '../../../fixtures/loopback/scripted-vault';
import { disposedAfterEach } from '../../../fixtures/runs/disposal';

const keep = disposedAfterEach();
const BASE = new URL('https://grants.example.com/webex/');

function declared(owner: string): Deployment {
  return exampleDeployment({
    integrations: [{ name: 'webex-myapp', clientId: 'C0ffee', redirectUrl: `${BASE.href}callback` }],
    credentials: [{ name: 'testauth', integration: 'webex-myapp', scopes: ['spark:people_read'], owner }],
  });
}

/** Answers the redirect of Webex to a page that was shown while Ada was the owner. */
async function redirected({ now = declared('ada@example.com'), signal = new AbortController().signal } = {}) {
  const vault = keep(await ScriptedVault.start());
  vault.answer('auth/token/lookup-self', { body: { data: {} } });
  const webex = keep(await RecordingServer.start());
  const options = { base: BASE, deployment: () => Promise.resolve(now), onNotice: () => undefined, signal };
  const client = new VaultClient({ address: vault.address, token: 'of-a-person' });
  const consents = new PeopleConsents({ ...options, vault: client, clientSecret: () => Promise.resolve('secret') });
  const visitor = new Visitor('cookie');
  visitor.session = { vault: client, person: 'alice', expireTime: new Date(Date.now() + 600_000) };
  const { credentials, integrations } = declared('ada@example.com');
  const state = new RedirectState();
  const stored = { tokenUrl: `${webex.address}/access_token`, clientId: 'C0ffee' };
  const prepared = { credential: credentials[0], integration: integrations[0], stored, clientSecret: 'secret' };
  visitor.show({ prepared, state, codeVerifier: 'verifier' } as unknown as ShownRequest);
  const query = new URLSearchParams({ state: state.value, code: 'of-webex' });
  const request = { method: 'GET', path: 'callback', query, form: query, body: Buffer.alloc(0) } as const;
  const reply = await consents
    .redirect({ ...request, cookie: () => undefined, header: () => undefined }, visitor, () =>
      Promise.reject(new Error('the login lasts')),
    )
    .catch((error: unknown) => error);
  return { reply, exchanged: webex.requests };
}

it('a code is exchanged while the declaration is the one that the page showed', async () => {
  expect((await redirected()).exchanged).toHaveLength(1);
});

it('a page that was shown before its owner was replaced stores nothing', async () => {
  const { reply, exchanged } = await redirected({ now: declared('blake@example.com') });
  expect(reply).toMatchObject({ document: { html: expect.stringContaining('The request has changed') as string } });
  expect(exchanged).toEqual([]);
});

it('a site that ends exchanges no further code, because it revokes the tokens that would store the grant', async () => {
  const { reply, exchanged } = await redirected({ signal: AbortSignal.abort() });
  expect(reply).toMatchObject({ status: 503 });
  expect(exchanged).toEqual([]);
});
