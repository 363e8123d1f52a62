import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { loginAppRole, readCredential } from '#core';
import { TokenSource } from 'webex-token-client';
import { provisionerPolicy } from '../../lib/declaration/policies/provisioner-policy';
import { provisionerRights } from '../../lib/declaration/policies/rights';
import { describeUnless } from '../fixtures/runs/left-out';
import { OperatedVault } from '../fixtures/worlds/operated-vault';
import { statusOf } from '../fixtures/results/refusal';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';

/*
 * A deployment of release 0.1, whose policies had names that those of another mount could have too, is deployed anew:
 * with a production server, Terraform and its provider, and nobody's grant lost.
 */

const MOUNT = 'Webex-Team/oauth';
const FORMER = 'webex-team-oauth';
const NEW = 'w~ebex--t~eam.oauth';
const HOLDERS = ['app-people-me', 'authorizer', 'provisioner'];

const rolePolicies = z.object({ data: z.object({ token_policies: z.array(z.string()) }) });

describeUnless(terraformUnavailable())('a deployment whose policies have their former names', () => {
  let operated: OperatedVault;
  let app: { roleId: string; secretId: string };
  let tokens: TokenSource;

  beforeAll(async () => {
    operated = await OperatedVault.start({ seal: 'shamir' }, MOUNT);
    expect((await operated.init()).stderr).toContain('root token revoked');
    await operated.asRoot(async (root) => {
      await root.write(`sys/policies/acl/${FORMER}-provisioner`, {
        policy: provisionerPolicy({
          ...provisionerRights(operated.deployment),
          policyName: `${FORMER}-provisioner`,
          apps: [{ name: 'people-me', policyName: `${FORMER}-app-people-me` }],
          operatorPolicyNames: [`${FORMER}-authorizer`],
          formerPolicyNames: [],
        }),
      });
      await root.delete(`sys/policies/acl/${NEW}-provisioner`);
      for (const operator of ['authorizer', 'provisioner']) {
        await root.write(`auth/operators/role/${operator}`, { token_policies: [`${FORMER}-${operator}`] });
      }
    });
    expect((await operated.deploy('terraform', await formerStack())).changed.length).toBeGreaterThan(5);
    await operated.authorize();
    app = await operated.appRole('people-me');
    const { address, ca } = operated.server.node;
    tokens = new TokenSource({
      ...{ address, ca, ...app, credential: 'testauth', mountPath: MOUNT },
      // Each reading is too old for the next caller.
      now: () => Number.MAX_SAFE_INTEGER,
    });
  });
  afterAll(async () => {
    await tokens[Symbol.asyncDispose]();
    await operated[Symbol.asyncDispose]();
  });

  /** What release 0.1 made of the same declaration. */
  async function formerStack(): Promise<string> {
    const folder = await operated.synthesize();
    const file = join(folder, 'cdk.tf.json');
    const stack = (await readFile(file, 'utf8')).replaceAll(NEW, FORMER);
    const parsed = JSON.parse(stack) as { resource: Record<string, Record<string, Record<string, unknown>>> };
    // Nobody looked after the grants then.
    for (const [type, kind] of [
      ['vault_policy', 'observer'],
      ['vault_mount', 'records'],
    ] as const) {
      const resources = parsed.resource[type] ?? {};
      parsed.resource[type] = Object.fromEntries(
        Object.entries(resources).filter(([name]) => !name.startsWith(`${kind}_`)),
      );
    }
    for (const policy of Object.values(parsed.resource.vault_policy ?? {})) {
      delete policy.lifecycle;
    }
    for (const role of Object.values(parsed.resource.vault_approle_auth_backend_role ?? {})) {
      delete role.token_no_default_policy;
    }
    await writeFile(file, JSON.stringify(parsed));
    return folder;
  }

  function policies(): Promise<string[]> {
    return operated.asRoot(async (root) =>
      (await root.list('sys/policies/acl')).filter((name) => /^w.*(app-people-me|authorizer|provisioner)$/.test(name)),
    );
  }

  /** Of all requests until now, in the audit log: what was done to this path. */
  async function done(): Promise<string[]> {
    const entry = z.object({
      type: z.string(),
      request: z.object({ operation: z.string(), path: z.string() }),
      error: z.string().optional(),
    });
    return (await operated.server.auditLog)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => entry.parse(JSON.parse(line)))
      .filter(({ type, error }) => type === 'response' && error === undefined)
      .map(({ request }) => `${request.operation} ${request.path}`);
  }

  test('is one that works', async () => {
    await expect(policies()).resolves.toEqual(HOLDERS.map((holder) => `${FORMER}-${holder}`));
    await expect(operated.engine.isAccepted((await tokens.token()).accessToken)).resolves.toBe(true);
  });

  test('loses nothing where it is deployed before its provisioner was told', async () => {
    await expect(operated.deploy('terraform')).rejects.toThrow('permission denied');
    await expect(policies()).resolves.toEqual(HOLDERS.map((holder) => `${FORMER}-${holder}`));
    await tokens.token();
  });

  test('gets its new names by init --update-policy and a deploy, and keeps its grant', async () => {
    const { token: issuedBefore } = await loginAppRole(operated.server.node.client().connection, app);
    const before = operated.server.node.client(issuedBefore);
    const { accessToken } = await readCredential(before.connection, MOUNT, 'testauth');
    const consents = operated.engine.webex.requests.filter(({ path }) => path.includes('authorize')).length;

    const updated = await operated.init('--update-policy', '--from', operated.out);
    expect(updated.stderr).toContain('operator roles and their policies written');
    await expect(readCredential(before.connection, MOUNT, 'testauth')).resolves.toMatchObject({ accessToken });
    await operated.deploy('terraform');

    // Vault's tokens keep the names they were issued with; whoever logs in anew gets the new ones, without being told.
    await expect(statusOf(before.read(`${MOUNT}/creds/testauth`, z.unknown()))).resolves.toBe(403);
    await expect(tokens.token()).resolves.toMatchObject({ accessToken });
    expect(operated.engine.webex.requests.filter(({ path }) => path.includes('authorize'))).toHaveLength(consents);
    const refreshed = operated.engine.refreshes.length;
    // For longer than any token lives, which fails after a refresh.
    const longer = `${MOUNT}/creds/testauth?minimum_seconds=99999999`;
    await (await operated.as('authorizer')).read(longer, z.unknown()).catch(() => undefined);
    expect(operated.engine.refreshes.slice(refreshed)).toEqual([200]);
  });

  test('has no policy of the former names any more but the one that nobody holds', async () => {
    await expect(policies()).resolves.toEqual([
      `${FORMER}-provisioner`,
      ...HOLDERS.map((holder) => `${NEW}-${holder}`),
    ]);
    await operated.asRoot(async (root) => {
      for (const [role, holder] of [
        ['approle/role/people-me', 'app-people-me'],
        ['operators/role/authorizer', 'authorizer'],
        ['operators/role/provisioner', 'provisioner'],
      ] as const) {
        const { data } = await root.read(`auth/${role}`, rolePolicies);
        expect(data.token_policies).toEqual([`${NEW}-${holder}`]);
      }
    });
  });

  test('had its role moved after the new policy was there, and before the former one went', async () => {
    const all = await done();
    const order = [
      `update sys/policies/acl/${NEW}-app-people-me`,
      'update auth/approle/role/people-me',
      `delete sys/policies/acl/${FORMER}-app-people-me`,
    ].map((what) => all.lastIndexOf(what));
    expect(Math.min(...order)).toBeGreaterThan(0);
    expect(order).toEqual([...order].sort((one, other) => one - other));
  });

  test('has nothing left to be deployed', async () => {
    await expect(operated.deploy('terraform')).resolves.toMatchObject({ changed: [] });
  });

  test('can be authorized again by the authorizer of the new name', async () => {
    const authorizer = await operated.as('authorizer');
    await expect(statusOf(authorizer.read(`${MOUNT}/creds/testauth`, z.unknown()))).resolves.toBe(200);
  });
});
