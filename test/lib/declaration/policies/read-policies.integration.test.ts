import { z } from 'zod';
import { appPolicy } from '../../../../lib/declaration/policies/app-policy';
import { healerPolicy } from '../../../../lib/declaration/policies/healer-policy';
import { observerPolicy } from '../../../../lib/declaration/policies/observer-policy';
import type { VaultClient } from '../../../../lib/vault/vault-client';
import { statusOf } from '../../../fixtures/results/refusal';
import { WrittenVault } from '../../../../rehearsal/written-vault';

/* Policies that read tokens, on the real server. A parameter of a read could force a refresh at Webex. */

const anything = z.unknown();

let vault: WrittenVault;

beforeAll(async () => {
  vault = await WrittenVault.start();
  await vault.authorize();
});

afterAll(() => vault[Symbol.asyncDispose]());

async function holderOf(policy: string): Promise<VaultClient> {
  return vault.admin.withToken(await vault.tokenWith(policy));
}

function healer(requestedBy: Readonly<Record<string, string>>): string {
  const credentials = Object.entries(requestedBy).map(([name, from]) => ({
    name,
    integration: 'webex-myapp',
    scopes: ['a'],
    serviceApp: { id: 'app', organizationId: 'org', requestedBy: from, autoRecover: true },
  }));
  return healerPolicy({ ...vault.deployment, credentials });
}

describe.each([
  ['an app', () => appPolicy('oauthapp', ['testauth'])],
  ['the observer', () => observerPolicy(vault.deployment)],
  ['the healer, of the credential that it asks with', () => healer({ reports: 'testauth' })],
  ['the healer, of the credential that it renews', () => healer({ testauth: 'other' })],
])('the policy of %s', (_, policy) => {
  it('the policy allows a read of the token', async () => {
    const token = await vault.engine.read(await holderOf(policy()), 'testauth');
    await expect(vault.engine.isAccepted(token)).resolves.toBe(true);
  });

  it.each(['minimum_seconds=99999999', 'minimum_seconds=0', 'server=webex-myapp&minimum_seconds=1'])(
    'the policy refuses a read with %s before Webex is asked',
    async (parameters) => {
      const holder = await holderOf(policy());
      const before = vault.webex.requests.length;
      await expect(statusOf(holder.read(`oauthapp/creds/testauth?${parameters}`, anything))).resolves.toBe(403);
      expect(vault.webex.requests).toHaveLength(before);
    },
  );
});

it.each([
  [false, 404],
  [true, 403],
])('the observer of an engine with import: %s gets %i for a grant that nobody declares', async (imported, status) => {
  const { engine } = vault.deployment;
  const deployment = { ...vault.deployment, engine: { ...engine, import: imported } };
  const holder = await holderOf(observerPolicy(deployment));
  await expect(statusOf(holder.read('oauthapp/creds/of-somebody-else', anything))).resolves.toBe(status);
});

it('the healer may write both of two credentials that request each other', async () => {
  const holder = await holderOf(healer({ one: 'two', two: 'one' }));
  const grant = { server: 'webex-myapp', grant_type: 'refresh_token', refresh_token: 'made-up' };
  for (const name of ['one', 'two']) {
    // The engine refuses the token. The policy would refuse with 403.
    await expect(statusOf(holder.write(`oauthapp/creds/${name}`, grant))).resolves.toBe(400);
  }
});
