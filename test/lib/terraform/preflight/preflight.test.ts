import type { Deployment } from '../../../../lib/declaration/schema/deployment';
import { type Plan } from '../../../../lib/terraform/plan/plan';
import { Preflight } from '../../../../lib/terraform/preflight/preflight';
import { VaultClient } from '../../../../lib/vault/vault-client';
import { exampleDeployment, PLUGIN_SHA256 } from '../../../fixtures/declarations/example-deployment';
import { PROJECT_FOLDER } from '../../../fixtures/runs/project-folder';
import { planned, type PlannedChange } from '../../../fixtures/declarations/planned';
import { refusal, ScriptedVault } from '../../../fixtures/loopback/scripted-vault';

/* Replies that a real server rarely gives. test/deploy has the real server and the real Terraform. */

const READY = { initialized: true, sealed: false, version: '2.7.2', t: 1, n: 1, progress: 0 };
const NOTHING = planned();
const DEV = exampleDeployment({ vault: { server: { mode: 'dev' } } });

let vault: ScriptedVault;
beforeEach(async () => {
  vault = await ScriptedVault.start();
  vault.answer('sys/seal-status', { body: READY });
  vault.answer('sys/health?standbyok=true&perfstandbyok=true&sealedcode=200&uninitcode=200', { body: READY });
  vault.answer('auth/token/lookup-self', { body: {} });
});
afterEach(() => vault[Symbol.asyncDispose]());

function preflight(deployment: Deployment = exampleDeployment()): Preflight {
  return new Preflight(new VaultClient({ address: vault.address, token: 's.token' }), deployment, PROJECT_FOLDER);
}

/** A mount of the state that is deleted, or replaced by another one. */
function planOfMount(drift?: PlannedChange['before']): Plan {
  const before = { path: 'oauthapp', accessor: 'oauthapp_1' };
  return {
    ...planned({ type: 'vault_mount', actions: ['create'], before: drift, after: { path: 'oauthapp' } }),
    drift: planned({ type: 'vault_mount', actions: ['delete'], before, after: drift }).changes,
  };
}

describe('before the plan', () => {
  it('the preflight accepts a ready server and a valid token', async () => {
    await expect(preflight(DEV).beforePlan()).resolves.toBeUndefined();
  });

  it.each([
    [
      'is not initialized',
      { ...READY, initialized: false },
      /is not initialized yet; if it is your server: npx --no-install webex-token-vault init$/,
    ],
    ['is sealed', { ...READY, sealed: true }, /is sealed/],
  ])('the preflight refuses a server that %s', async (_, body, line) => {
    vault.answer('sys/seal-status', { body });
    await expect(preflight().beforePlan()).rejects.toThrow(line);
  });

  it.each([
    ['1.21.4', {}],
    ['2.0.0', { enterprise: false }],
  ])('the preflight refuses HashiCorp Vault %s if OpenBao is declared', async (version, more) => {
    vault.answer('sys/health?standbyok=true&perfstandbyok=true&sealedcode=200&uninitcode=200', {
      body: { ...READY, version, ...more },
    });
    await expect(preflight(DEV).beforePlan()).rejects.toThrow(
      `${vault.address} is HashiCorp Vault ${version}, and vault.server.product declares OpenBao, so it is another server; stop that server, or set VAULT_ADDR`,
    );
    await expect(preflight().beforePlan()).resolves.toBeUndefined();
  });

  it('the preflight refuses a token that Vault does not know', async () => {
    vault.answer('auth/token/lookup-self', { status: 403, body: { errors: ['permission denied'] } });
    await expect(preflight().beforePlan()).rejects.toThrow(/does not accept the token: it is invalid, expired or/);
  });
});

describe('after a failed plan', () => {
  const mount = { path: 'old' };
  const recorded = planned({ type: 'vault_mount', before: mount, after: mount }).changes;

  it('the error after a failed plan says how to declare that the engine moves, if only its path has changed', async () => {
    const engine = { mountPath: 'new', plugin: { sha256: PLUGIN_SHA256 } };
    await expect(preflight(exampleDeployment({ engine })).afterFailedPlan(recorded)).rejects.toThrow(
      /^the engine is mounted at "old", but engine.mountPath is "new", so nothing was changed\. .*also declare engine.movedFrom: "old"/,
    );
    vault.answer('sys/capabilities-self', { body: { data: { 'sys/mounts/old': ['read'] } } });
    const moving = preflight(exampleDeployment({ engine: { ...engine, movedFrom: 'old' } }));
    await expect(moving.afterFailedPlan(recorded)).resolves.toBeUndefined();
  });
});

describe('a plugin that others register', () => {
  const REGISTERED = exampleDeployment({ engine: { plugin: { manage: false, sha256: PLUGIN_SHA256 } } });
  const entry = 'sys/plugins/catalog/secret/oauthapp';

  it.each([
    ['is the declared one', { body: { data: { sha256: PLUGIN_SHA256 } } }],
    ['may not be seen', { status: 403, body: { errors: ['permission denied'] } }],
  ])('the preflight accepts an externally registered plugin that %s', async (_, answer) => {
    vault.answer(entry, answer);
    await expect(preflight(REGISTERED).beforePlan()).resolves.toBeUndefined();
    expect(vault.count(`GET ${entry}`)).toBe(1);
  });

  it.each([
    [
      'is missing',
      { status: 404, body: { errors: [] } },
      /has no plugin "oauthapp" .*; have an administrator register/,
    ],
    [
      'is another binary',
      { body: { data: { sha256: 'b'.repeat(64) } } },
      /is registered with sha256 b{64}, but .* a{64}/,
    ],
  ])('the preflight reports an externally registered plugin that %s', async (_, answer, line) => {
    vault.answer(entry, answer);
    await expect(preflight(REGISTERED).beforePlan()).rejects.toThrow(line);
  });
});

describe('after the plan', () => {
  it('the preflight accepts a plan that changes nothing without asking Vault', async () => {
    expect((await preflight().findings(NOTHING)).obstacles).toEqual([]);
    expect(vault.requests).toEqual([]);
  });

  it("the preflight reports the state of another server if the state's mount is not there", async () => {
    vault.answer('sys/capabilities-self', { body: { data: { 'sys/mounts/oauthapp': ['root'] } } });
    const line = /^the state is of another server: none of its mounts is at http:/;
    expect((await preflight().findings(planOfMount())).obstacles).toEqual([expect.stringMatching(line)]);
    const other = { path: 'oauthapp', accessor: 'oauthapp_2' };
    expect((await preflight().findings(planOfMount(other))).obstacles).toEqual([expect.stringMatching(line)]);
  });

  it('the preflight notes that a dev mode server has forgotten all, and continues', async () => {
    vault.answer('sys/capabilities-self', { body: { data: { 'sys/mounts/oauthapp': ['root'] } } });
    expect((await preflight(DEV).findings(planOfMount())).obstacles).toEqual([]);
    expect((await preflight(DEV).findings(planOfMount())).notices).toEqual([
      'the server in dev mode was restarted and has lost everything that was deployed; each credential needs consent again',
    ]);
    expect((await preflight(DEV).findings(NOTHING)).notices).toEqual([]);
  });

  it('the preflight names the missing permissions of the token and the fix', async () => {
    vault.answer('sys/capabilities-self', { body: { data: { 'sys/mounts/oauthapp': ['deny'] } } });
    const [, obstacle] = (await preflight().findings(planOfMount())).obstacles;
    expect(obstacle).toBe(
      'the Vault token may not do this: it lacks update on sys/mounts/oauthapp, read on sys/mounts/oauthapp. If it is the provisioner\'s token, its policy is older than the declaration: renew the policy with "npx --no-install webex-token-vault operators update", which needs the key shares. Otherwise use a token that has this right',
    );
  });

  it("the preflight says what to declare for the provisioner's own policy", async () => {
    const path = 'sys/policies/acl/oauthapp-provisioner';
    vault.answer('sys/capabilities-self', { body: { data: { [path]: ['read'] } } });
    const plan = planned({ type: 'vault_policy', after: { name: 'oauthapp-provisioner' } });
    expect((await preflight().findings(plan)).obstacles).toEqual([
      expect.stringMatching(
        /lacks update on .*\. No provisioner may write its own policy\. .* set manageProvisioner to false/,
      ),
    ]);
  });

  it("the preflight names an administrator's token for a destroy as the provisioner", async () => {
    const path = 'sys/policies/acl/oauthapp-provisioner';
    vault.answer('sys/capabilities-self', { body: { data: { [path]: ['read'] } } });
    const plan = planned({ type: 'vault_policy', actions: ['delete'], before: { name: 'oauthapp-provisioner' } });
    const [obstacle = ''] = (await preflight().findings(plan)).obstacles;
    expect(obstacle).toContain(`it lacks delete on ${path}. `);
    expect(obstacle).toMatch(/; otherwise use a token that has this right, as an administrator's$/);
  });

  it('the preflight continues if the token may not look up its permissions', async () => {
    vault.answer('sys/capabilities-self', { status: 403, body: { errors: ['permission denied'] } });
    expect((await preflight(DEV).findings(planOfMount())).obstacles).toEqual([]);
  });
});

describe('an engine that was made by hand', () => {
  const entry = planned({ type: 'vault_generic_endpoint', after: { path: 'oauthapp/servers/webex-myapp' } });
  const allowed = {
    body: { data: { 'oauthapp/servers/webex-myapp': ['root'], 'sys/mounts/oauthapp': ['root'] } },
  };

  it.each([
    [{ client_id: 'C0ffee', provider_options: { token_url: 'https://webexapis.com/v1/access_token' } }, []],
    [
      { client_id: 'C0ffee', provider_options: { token_url: 'https://webex.example/access_token' } },
      [
        'integration "webex-myapp" is in Vault with token_url "https://webex.example/access_token", but deployment.ts implies "https://webexapis.com/v1/access_token", so its grants could not be refreshed; declare the values in Vault, or give the new integration another name',
      ],
    ],
    [
      { client_id: 'other', provider_options: null },
      [
        expect.stringContaining('with client id "other", but deployment.ts declares "C0ffee"'),
        expect.stringContaining('with token_url "none"'),
      ],
    ],
  ])(
    'the preflight lets a plan overwrite an entry made by hand if its grants stay valid: %j',
    async (data, obstacles) => {
      vault.answer('sys/capabilities-self', allowed);
      vault.answer('oauthapp/servers/webex-myapp', { body: { data: { provider: 'custom', ...data } } });
      expect((await preflight().findings(entry)).obstacles).toEqual(obstacles);
    },
  );

  it('the preflight refuses to mount over an existing engine', async () => {
    vault.answer('sys/capabilities-self', allowed);
    vault.answer('sys/mounts/oauthapp', { body: { data: { type: 'kv' } } });
    const made = planned({ type: 'vault_mount', after: { path: 'oauthapp' } });
    expect((await preflight().findings(made)).obstacles).toEqual([
      expect.stringMatching(/^"oauthapp" is mounted already, with type "kv", .* Declare engine\.import: true to/),
    ]);
  });

  it.each([
    [
      'of another plugin',
      { body: { data: { type: 'kv' } } },
      'the engine at "oauthapp" is of type "kv", but engine.plugin.name is "oauthapp", so nothing was changed',
    ],
    [
      'that is not mounted',
      refusal(400),
      'engine.import is set, but nothing is mounted at "oauthapp", so nothing was changed; correct engine.mountPath',
    ],
  ])('the preflight refuses to import an engine %s', async (_, mounted, line) => {
    const importing = exampleDeployment({ engine: { plugin: { sha256: PLUGIN_SHA256 }, import: true } });
    vault.answer('sys/mounts/oauthapp', mounted);
    await expect(preflight(importing).afterFailedPlan([])).rejects.toThrow(line);
  });
});
