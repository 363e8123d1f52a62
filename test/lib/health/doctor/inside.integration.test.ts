import { z } from 'zod';
import { defineDeployment } from '../../../../lib/declaration/define-deployment';
import type { Deployment } from '../../../../lib/declaration/schema/deployment';
import { policyNameOf } from '../../../../lib/declaration/derived/policy-names';
import { diagnose } from '../../../../lib/health/doctor/diagnosis';
import { OPERATOR_NAMES, operatorsOf, renewOperator } from '../../../../lib/operators/operators';
import { explainedRefusal } from '../../../../lib/operators/server-refusal';
import { appRole } from '../../../../rehearsal/app-role';
import { SERVER_PROGRAM } from '../../../fixtures/runs/server-product';
import { WrittenVault } from '../../../../rehearsal/written-vault';

/* All problems inside of Vault and at Webex, each on the real engine. Further readers of tokens are found, too. */

let vault: WrittenVault;
let token: string;
const said: string[] = [];

const role = 'auth/approle/role/people-me';
const CONFIG = {
  tune_provider_timeout_seconds: 12,
  tune_provider_timeout_expiry_leeway_factor: 1,
  tune_refresh_check_interval_seconds: 3600,
  tune_refresh_expiry_delta_factor: 168,
  tune_reap_check_interval_seconds: 0,
};

beforeAll(async () => {
  vault = await WrittenVault.start();
  await vault.admin.write('oauthapp/config', CONFIG);
  await vault.appLogin('people-me');
  await vault.admin.write(role, { secret_id_ttl: '2160h' });
  await destroySecretIds(role);
  await appRole(vault.admin, vault.deployment, 'people-me');
  token = await vault.operatorToken('observer');
  for (const name of operatorsOf(vault.deployment)) {
    await renewOperator(vault.admin, name, () => Promise.resolve());
  }
});

afterAll(() => vault[Symbol.asyncDispose]());

async function destroySecretIds(of: string): Promise<void> {
  for (const accessor of await vault.admin.list(`${of}/secret-id`)) {
    await vault.admin.write(`${of}/secret-id-accessor/destroy`, { secret_id_accessor: accessor });
  }
}

interface Given {
  readonly deployment?: Deployment;
  readonly token?: string;
  readonly webex?: boolean;
}

async function doctor({ deployment = vault.deployment, token: given = token, webex = true }: Given = {}) {
  const { findings, advice } = await diagnose({
    env: { VAULT_TOKEN: given },
    load: () => Promise.resolve({ deployment, file: 'deployment.ts' }),
    logIn: () =>
      Promise.resolve({
        vault: vault.admin.withToken(given),
        tokenSource: 'VAULT_TOKEN',
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
    explain: explainedRefusal,
    operators: OPERATOR_NAMES,
    operatorFolder: '/none',
    webex,
    onFinding: () => undefined,
    signal: new AbortController().signal,
  });
  said.push(JSON.stringify({ findings, advice }));
  const wrong = findings.find(({ state }) => state === 'error');
  return {
    check: wrong?.check,
    line: wrong && [wrong.detail, wrong.next].filter((part) => part !== undefined).join('; '),
    advice: advice.filter(({ kind }) => kind === 'advice').map(({ detail, next }) => [detail, next].join('; ')),
    notes: advice.filter(({ kind }) => kind === 'note').map(({ detail }) => detail),
    passed: findings.filter(({ state }) => state === 'ok').map(({ check }) => check),
  };
}

/** The fixture's deployment with changes. */
function declared(changes: object): Deployment {
  return defineDeployment({ ...vault.deployment, ...changes });
}

/** Breaks something, looks, and repairs it. */
async function whileWrong<T>(wrong: () => Promise<unknown>, look: () => Promise<T>, mend: () => Promise<unknown>) {
  await wrong();
  try {
    return await look();
  } finally {
    await mend();
  }
}

it('the doctor finds that nobody has consented', async () => {
  const { check, line } = await doctor();
  expect(check).toBe('credentials');
  expect(line).toBe(
    'credential "testauth" (never authorized): nobody has consented yet; npx --no-install webex-token-vault authorize testauth',
  );
});

describe('after a consent', () => {
  beforeAll(() => vault.authorize());

  it('the doctor finds no problem and has no advice after a consent', async () => {
    const { line, advice, notes, passed } = await doctor();
    expect({ line, advice }).toEqual({ line: undefined, advice: [] });
    expect(passed.slice(5)).toEqual([
      'login',
      'rights',
      'engine',
      'policies',
      'integration webex-myapp',
      'Webex',
      'client of webex-myapp',
      'credentials',
      'apps',
      'operators',
    ]);
    expect(notes).toEqual([
      'policy "root" reaches everything: a root token can read every credential',
      'not visible here: tokens created by hand, and policies of entities and groups',
      'the secret ids of "administrator", "backup" never expire by design; keep them where nobody else can read them',
    ]);
  });

  it('the doctor sends Webex no request with --no-webex', async () => {
    const before = vault.webex.requests.length;
    expect(await doctor({ webex: false })).toMatchObject({ line: undefined });
    expect(vault.webex.requests.slice(before)).toEqual([]);
  });

  describe('the token', () => {
    afterAll(async () => {
      const made = (await vault.admin.list('sys/policies/acl')).filter((name) => name.startsWith('test-'));
      await Promise.all(made.map((name) => vault.admin.delete(`sys/policies/acl/${name}`)));
    });

    it.each([
      ['that it is not valid', () => Promise.resolve('s.unknown')],
      ['that it may look at nothing', () => vault.tokenWith('path "x" { capabilities = ["read"] }')],
    ])('the doctor checks the token and finds %s', async (_, given) => {
      const { check, line } = await doctor({ token: await given() });
      expect(check).toBe('rights');
      expect(line).toMatch(
        /^the token in VAULT_TOKEN may read nothing: .*; log in as the observer, or deploy its policy/,
      );
    });

    it('the doctor names a right that the token lacks', async () => {
      const policies = 'path "oauthapp/creds/+" { capabilities = ["read"] }';
      const ask = 'path "sys/capabilities-self" { capabilities = ["update"] }';
      const { check, line } = await doctor({ token: await vault.tokenWith(`${policies}\n${ask}`) });
      expect(check).toBe('rights');
      expect(line).toMatch(
        /lacks rights of the observer: read on oauthapp-records\/data\/consents\/\+ and \d+ more; .* unset VAULT_TOKEN, .* deploy webex-tokens/,
      );
    });

    it('the doctor advises against a root token', async () => {
      const { line, advice } = await doctor({ token: vault.server.rootToken });
      expect(line).toBeUndefined();
      expect(advice).toContain(
        'the token in VAULT_TOKEN is a root token, which may do everything; unset VAULT_TOKEN, to log in as the observer',
      );
    });
  });

  describe('the engine', () => {
    it('the doctor finds that no engine is mounted', async () => {
      const engine = { ...vault.deployment.engine, mountPath: 'elsewhere', recordsPath: undefined };
      const { check, line } = await doctor({ deployment: declared({ engine }), token: vault.server.rootToken });
      expect(check).toBe('engine');
      expect(line).toMatch(
        /\(missing\): no engine is mounted there; npx --no-install webex-token-vault deploy webex-tokens$/,
      );
    });

    it('the doctor finds that another engine is mounted', async () => {
      const plugin = { ...vault.deployment.engine.plugin, name: 'oauthapp-2' };
      const { line } = await doctor({ deployment: declared({ engine: { ...vault.deployment.engine, plugin } }) });
      expect(line).toMatch(/the engine mounted there is "oauthapp", not "oauthapp-2"; .* deploy webex-tokens$/);
    });

    it.each([
      ['paused', { ...CONFIG, tune_refresh_check_interval_seconds: 0 }, /; npx --no-install webex-token-vault resume/],
      [
        'reaping',
        { ...CONFIG, tune_reap_check_interval_seconds: 300 },
        /; npx --no-install webex-token-vault deploy webex-tokens$/,
      ],
    ])('the doctor finds that the engine is %s', async (state, config, command) => {
      const { check, line } = await whileWrong(
        () => vault.admin.write('oauthapp/config', config),
        doctor,
        () => vault.admin.write('oauthapp/config', CONFIG),
      );
      expect(check).toBe('engine');
      expect(line).toMatch(`engine "oauthapp" (${state}): `);
      expect(line).toMatch(command);
    });

    it('the doctor advises of engine settings that differ from the declared ones', async () => {
      const { line, advice } = await whileWrong(
        () => vault.admin.write('oauthapp/config', { ...CONFIG, tune_refresh_expiry_delta_factor: 2 }),
        doctor,
        () => vault.admin.write('oauthapp/config', CONFIG),
      );
      expect(line).toBeUndefined();
      expect(advice).toEqual([
        'engine.tuning.refreshAheadSeconds is 7200 in the engine, and 604800 is declared; npx --no-install webex-token-vault deploy webex-tokens',
      ]);
    });

    it('the doctor advises of a declared setting that has a risk', async () => {
      const tuning = { ...vault.deployment.engine.tuning, providerTimeoutSeconds: 0 };
      const { advice } = await doctor({ deployment: declared({ engine: { ...vault.deployment.engine, tuning } }) });
      expect(advice).toContainEqual(expect.stringMatching(/^engine\.tuning\.providerTimeoutSeconds is 0: /));
    });

    it('the doctor advises of a token that lives no longer than it is refreshed ahead', async () => {
      const tuning = { ...vault.deployment.engine.tuning, refreshAheadSeconds: 15 * 86_400 };
      const engine = { ...vault.deployment.engine, tuning };
      const { line, advice } = await doctor({ deployment: declared({ engine }) });
      expect(line).toBeUndefined();
      expect(advice).toContainEqual(
        expect.stringMatching(/^credential "testauth": its token lives \d+ s .* every check refreshes it/),
      );
    });
  });

  describe('the integration', () => {
    const mend = () => vault.engine.writeIntegration(vault.admin);

    it('the doctor finds that the integration is missing', async () => {
      const { check, line } = await whileWrong(() => vault.admin.delete('oauthapp/servers/webex-myapp'), doctor, mend);
      expect(check).toBe('integration webex-myapp');
      expect(line).toMatch(
        /^integration "webex-myapp" \(missing\): the engine has no entry for it, .*; npx --no-install webex-token-vault deploy webex-tokens$/,
      );
    });

    it('the doctor finds that a missing integration has no declared client id either', async () => {
      const integrations = vault.deployment.integrations.map((each) => ({ ...each, clientId: undefined }));
      const deployment = declared({ integrations });
      const { line } = await whileWrong(
        () => vault.admin.delete('oauthapp/servers/webex-myapp'),
        () => doctor({ deployment }),
        mend,
      );
      expect(line).toMatch(
        /; declare its clientId in deployment\.ts, then: npx --no-install webex-token-vault deploy webex-tokens$/,
      );
    });

    it('the doctor finds that the integration has another client id', async () => {
      const integrations = vault.deployment.integrations.map((each) => ({ ...each, clientId: 'other' }));
      const { line } = await doctor({ deployment: declared({ integrations }) });
      expect(line).toMatch(
        /^Vault has client id "rehearsal-webex-myapp", and "other" is declared; .* deploy webex-tokens$/,
      );
    });

    it('the doctor finds that the integration points to another Webex', async () => {
      const webex = { ...vault.deployment.webex, apiUrl: 'http://127.0.0.1:1/v1' };
      const { check, line } = await doctor({ deployment: declared({ webex }) });
      expect(check).toBe('integration webex-myapp');
      expect(line).toMatch(
        /^its auth_code_url in Vault is http.*, and http:\/\/127\.0\.0\.1:1\/v1\/authorize is declared; /,
      );
    });
  });

  describe('Webex', () => {
    afterEach(() => (vault.webex.behavior.fault = undefined));

    it('the doctor finds that this machine cannot reach Webex', async () => {
      vault.webex.behavior.fault = { path: '/v1/people/me', status: 503 };
      const { check, line } = await doctor();
      expect(check).toBe('Webex');
      expect(line).toMatch(/^this machine cannot reach Webex \(Webex answered 503 .*; set HTTPS_PROXY .* --no-webex$/);
    });

    it('the doctor finds that Webex does not know the redirect URL', async () => {
      const integrations = vault.deployment.integrations.map((each) => ({
        ...each,
        redirectUrl: 'http://localhost:1/',
      }));
      const { check, line } = await doctor({ deployment: declared({ integrations }) });
      expect(check).toBe('client of webex-myapp');
      expect(line).toMatch(
        /^Webex shows no consent page .* \(400\): .* redirect URL http:\/\/localhost:1\/ is not registered/,
      );
    });

    it('the doctor finds that Webex does not know a scope', async () => {
      const credentials = vault.deployment.credentials.map((each) => ({ ...each, scopes: ['spark:unheard_of'] }));
      const { check, line } = await doctor({ deployment: declared({ credentials }) });
      expect(check).toBe('client of webex-myapp');
      expect(line).toMatch(/would refuse scopes spark:unheard_of for .* \(invalid_scope\); register/);
    });
  });

  describe('an app', () => {
    it('the doctor finds that an app has no role', async () => {
      const apps = [...vault.deployment.apps, { name: 'new-app', reads: ['testauth'] }];
      const { check, line } = await doctor({ deployment: declared({ apps }), token: vault.server.rootToken });
      expect(check).toBe('apps');
      expect(line).toMatch(/^app "new-app" \(none\): Vault has no role for it; .* deploy webex-tokens$/);
    });

    it('the doctor finds that the role of an app may not read a declared credential', async () => {
      const other = { name: 'other', integration: 'webex-myapp', scopes: ['spark:people_read'] };
      await vault.engine.authorize(vault.admin, 'other');
      const deployment = declared({
        credentials: [...vault.deployment.credentials, other],
        apps: [{ name: 'people-me', reads: ['testauth', 'other'] }],
      });
      const { check, line } = await doctor({ deployment, token: vault.server.rootToken });
      expect(check).toBe('apps');
      expect(line).toMatch(/^app "people-me" may not read "other": its role has policies "oauthapp-app-people-me", /);
    });

    it('the doctor finds that an app has no secret id', async () => {
      const { check, line } = await whileWrong(
        () => destroySecretIds(role),
        doctor,
        () => appRole(vault.admin, vault.deployment, 'people-me'),
      );
      expect(check).toBe('apps');
      expect(line).toMatch(
        /^app "people-me" \(none\): it has no secret id, .*; npx --no-install webex-token-vault issue people-me$/,
      );
    });
  });

  it('the doctor finds that an operator can no longer log in', async () => {
    const { check, line } = await whileWrong(
      () => destroySecretIds('auth/operators/role/issuer'),
      doctor,
      () => renewOperator(vault.admin, 'issuer', () => Promise.resolve()),
    );
    expect(check).toBe('operators');
    expect(line).toMatch(
      /^operator "issuer" \(none\): .*; npx --no-install webex-token-vault operators update --rotate$/,
    );
  });

  describe('other readers', () => {
    const policy = (path: string) => `path "${path}" { capabilities = ["read"] }`;

    async function advisedOf(name: string, text: string, then: () => Promise<unknown> = () => Promise.resolve()) {
      const look = async () => {
        await then();
        return (await doctor()).advice;
      };
      return whileWrong(
        () => vault.admin.write(`sys/policies/acl/${name}`, { policy: text }),
        look,
        () => vault.admin.delete(`sys/policies/acl/${name}`),
      );
    }

    it.each(['oauthapp/creds/testauth', 'oauthapp/creds/+', '+/creds/*', '*', 'oauthapp/creds/test*'])(
      'the doctor names a foreign policy that reads a credential by path %s',
      async (path) => {
        const [line = '', ...others] = await advisedOf('somebody', policy(path));
        expect(others).toEqual([]);
        expect(line).toMatch(/^policy "somebody" reaches testauth[^;]*; it is carried by no visible role; /);
        expect(line).toMatch(new RegExp(`${SERVER_PROGRAM} policy delete somebody$`));
      },
    );

    it('the doctor leaves out policies that are denied or read something else', async () => {
      const denied = `${policy('oauthapp/creds/*')}\npath "oauthapp/creds/+" { capabilities = ["deny"] }`;
      expect(await advisedOf('somebody', denied)).toEqual([]);
      expect(await advisedOf('somebody', policy('secret/*'))).toEqual([]);
    });

    it('the doctor reads a policy in JSON and names the role that carries it', async () => {
      const text = JSON.stringify({ path: { 'oauthapp/creds/*': { capabilities: ['read'] } } });
      const other = 'auth/approle/role/stranger';
      const advice = await whileWrong(
        () => vault.admin.write(other, { token_policies: ['somebody'] }),
        () => advisedOf('somebody', text),
        () => vault.admin.delete(other),
      );
      expect(advice).toEqual([
        expect.stringMatching(/^policy "somebody" reaches .*; it is carried by auth\/approle\/role\/stranger; /),
        `role "stranger" of auth/approle belongs to no declared app, and reaches testauth; ${SERVER_PROGRAM} delete auth/approle/role/stranger`,
      ]);
    });

    it('the doctor names auth methods that may carry a policy but cannot be listed', async () => {
      const advice = await whileWrong(
        () => vault.admin.write('sys/auth/userpass', { type: 'userpass' }),
        () => advisedOf('somebody', policy('*')),
        () => vault.admin.delete('sys/auth/userpass'),
      );
      expect(advice[0]).toContain('it is carried by no visible role, and perhaps by auth/userpass/');
    });

    it('the doctor names a policy whose reach depends on the entity that asks', async () => {
      const [line] = await advisedOf('somebody', policy('oauthapp/creds/{{identity.entity.name}}'));
      expect(line).toMatch(/^policy "somebody" may reach testauth.* for some of its carriers, because/);
    });

    it('the doctor names a policy that it cannot read', async () => {
      const heredoc = 'path "x" {\n  capabilities = ["read"]\n  comment = <<E\nfree text\nE\n}\n';
      const [line] = await advisedOf('somebody', heredoc);
      expect(line).toMatch(
        new RegExp(`^policy "somebody" cannot be parsed \\(.*; ${SERVER_PROGRAM} policy read somebody$`),
      );
    });

    it('the doctor names a deployed app policy that reads more than is declared', async () => {
      const name = 'oauthapp-app-people-me';
      const before = z.object({ data: z.object({ policy: z.string() }) });
      const { data } = await vault.admin.read(`sys/policies/acl/${name}`, before);
      const { advice } = await whileWrong(
        () =>
          vault.admin.write(`sys/policies/acl/${name}`, {
            policy: `${data.policy}\n${policy('oauthapp/creds/other')}`,
          }),
        doctor,
        () => vault.admin.write(`sys/policies/acl/${name}`, data),
      );
      expect(advice).toEqual([
        expect.stringMatching(
          /^policy "oauthapp-app-people-me" of this deployment reaches other, which is not declared; .*; npx --no-install webex-token-vault deploy webex-tokens$/,
        ),
      ]);
    });

    it('the doctor names a role and a policy that are no longer declared', async () => {
      const apps = [{ name: 'successor', reads: ['testauth'] }];
      const { advice } = await doctor({ deployment: declared({ apps }), token: vault.server.rootToken });
      expect(advice).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^policy "oauthapp-app-people-me" of an undeclared app reaches testauth; /),
          `role "people-me" of auth/approle belongs to no declared app, and reaches testauth; ${SERVER_PROGRAM} delete auth/approle/role/people-me`,
        ]),
      );
    });

    it('the doctor names secret ids that never expire', async () => {
      const advice = await whileWrong(
        async () => {
          await vault.admin.write(role, { secret_id_ttl: 0, secret_id_num_uses: 0 });
          await vault.admin.write('auth/approle/role/people-me/secret-id', {});
        },
        async () => (await doctor()).advice,
        () => Promise.resolve(),
      );
      expect(advice.filter((line) => line.includes('never expires'))).toHaveLength(1);
    });
  });

  describe('the credential', () => {
    it('the doctor finds that a credential cannot be refreshed', async () => {
      vault.webex.behavior.fault = { path: '/v1/access_token', status: 503 };
      await vault.engine.forceRefresh(vault.admin, 'testauth');
      vault.webex.behavior.fault = undefined;
      const { check, line } = await doctor();
      expect(check).toBe('credentials');
      expect(line).toMatch(/^credential "testauth" \(failing\): .*; check that the server reaches Webex/);
      await vault.engine.forceRefresh(vault.admin, 'testauth');
    });

    it('the doctor finds that a credential acts as another account than its owner', async () => {
      const credentials = vault.deployment.credentials.map((each) => ({ ...each, owner: 'boris@example.com' }));
      const { line } = await doctor({ deployment: declared({ credentials }) });
      expect(line).toMatch(
        /\(wrong account\): it acts as ada\.admin@example\.com, but belongs to boris@example\.com; /,
      );
    });
  });
});

it('the doctor needs only the policy that the stack gives the observer', async () => {
  const reply = z.object({ data: z.object({ policies: z.array(z.string()) }) });
  const { data } = await vault.admin.write('auth/token/lookup', { token }, reply);
  expect(data.policies).toEqual([policyNameOf('oauthapp', 'observer')]);
});

it('the doctor prints no secret', () => {
  const secrets = [...vault.issued, vault.clientSecret, token, vault.server.rootToken];
  expect(secrets.length).toBeGreaterThan(5);
  expect(secrets.filter((secret) => said.join('\n').includes(secret))).toEqual([]);
});
