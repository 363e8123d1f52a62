import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { run } from '../../lib/processes/child-process';
import { loginReply } from '../../lib/vault/replies';
import { WrittenVault } from '../../rehearsal/written-vault';
import { snippet } from '../fixtures/pages/code-block';
import { Typist } from '../fixtures/pages/typist';
import { JwtIssuer } from '../fixtures/identities/jwt-issuer';
import { testUnless } from '../fixtures/runs/left-out';

/*
 * The recipes for CI tools in docs/tasks/recipes.md. The requests of each tool go to the real server. The real Ansible runs the
 * playbook, if its collection is installed.
 */

const CREDENTIAL = 'oauthapp/creds/testauth';
const tokenReply = z.object({ data: z.object({ access_token: z.string() }) });

let vault: WrittenVault;
let typist: Typist;
let login: { role_id: string; secret_id: string };

beforeAll(async () => {
  vault = await WrittenVault.start();
  await vault.authorize();
  const { roleId, secretId } = await vault.appLogin('people-me');
  login = { role_id: roleId, secret_id: secretId };
  typist = new Typist({
    VAULT_ADDR: vault.server.address,
    VAULT_ROLE_ID: roleId,
    VAULT_SECRET_ID_FILE: 'secret-id',
  });
  writeFileSync(join(typist.folder, 'secret-id'), secretId, { mode: 0o600 });
});
afterAll(async () => {
  typist[Symbol.dispose]();
  await vault[Symbol.asyncDispose]();
});

/** Logs in and reads the path, as each of the tools does. */
async function reads(mount: string, request: object, path: string): Promise<boolean> {
  const { auth } = await vault.admin.withToken('').write(`auth/${mount}/login`, request, loginReply);
  const { data } = await vault.admin.withToken(auth.client_token).read(path, tokenReply);
  return vault.engine.isAccepted(data.access_token);
}

const onJq = testUnless(spawnSync('jq', ['--version']).status === 0 ? undefined : 'jq is not on PATH');

onJq('curl makes the two requests, and prints a token that Webex takes', async () => {
  const screen = await typist.types('docs/tasks/recipes.md', 'requests');
  await expect(vault.engine.isAccepted(screen.trim())).resolves.toBe(true);
});

test('hashicorp/vault-action reads the token by the inputs of the page', async () => {
  const inputs = z.object({
    path: z.string(),
    role: z.string(),
    method: z.literal('jwt'),
    jwtGithubAudience: z.string(),
    secrets: z.string(),
  });
  const workflow = z.object({
    jobs: z.object({ report: z.object({ steps: z.array(z.object({ with: inputs.optional() })) }) }),
  });
  const { steps } = workflow.parse(parse(snippet('docs/tasks/recipes.md', 'vault-action'))).jobs.report;
  const { path, role, jwtGithubAudience, secrets } = inputs.parse(steps[0]?.with);
  const issuer = new JwtIssuer();
  await vault.admin.write(`sys/auth/${path}`, { type: 'jwt' });
  await vault.admin.write(`auth/${path}/config`, { jwt_validation_pubkeys: [issuer.publicKeyPem] });
  await vault.admin.write(`auth/${path}/role/${role}`, {
    role_type: 'jwt',
    user_claim: 'sub',
    bound_audiences: ['webex-token-vault'],
    token_policies: ['oauthapp-app-people-me'],
    token_no_default_policy: true,
  });
  const jwt = issuer.token({ aud: jwtGithubAudience });
  expect(secrets).toBe(`${CREDENTIAL} access_token | WEBEX_ACCESS_TOKEN`);
  await expect(reads(path, { jwt, role }, secrets.split(' ')[0] ?? '')).resolves.toBe(true);
});

test('Jenkins reads the token by the path of the page as it stands, with version 1 of the engine', async () => {
  const pipeline = snippet('docs/tasks/recipes.md', 'jenkins');
  const [, path = '', version] = /path: '([^']+)', engineVersion: (\d)/.exec(pipeline) ?? [];
  expect(version).toBe('1');
  await expect(reads('approle', login, path)).resolves.toBe(true);
  // Version 2 makes this path of it.
  const other = path.replace('/', '/data/');
  await expect(reads('approle', login, other)).rejects.toMatchObject({ statusCode: 403 });
});

const listed = spawnSync('ansible-galaxy', ['collection', 'list', 'community.hashi_vault'], { encoding: 'utf8' });
const onAnsible = testUnless(
  /^community\.hashi_vault /m.test(listed.stdout)
    ? undefined
    : 'Ansible with its collection community.hashi_vault is not installed',
);

test('Ansible reads the token by the path of the page', async () => {
  const playbook = z.array(z.object({ tasks: z.array(z.record(z.string(), z.unknown())) }));
  const [play] = playbook.parse(parse(snippet('docs/tasks/recipes.md', 'ansible')));
  const task = z.object({ path: z.string(), auth_method: z.literal('approle'), timeout: z.literal(100) });
  const { path } = task.parse(play?.tasks[0]?.['community.hashi_vault.vault_read']);
  await expect(reads('approle', login, path)).resolves.toBe(true);
});

onAnsible('the real Ansible runs the playbook of the page, and shows no token', async () => {
  const playbook = snippet('docs/tasks/recipes.md', 'ansible').replace('https://webexapis.com/v1', vault.webex.apiUrl);
  const file = join(typist.folder, 'playbook.yml');
  writeFileSync(file, playbook);
  const { exitCode, stdout, stderr } = await run('ansible-playbook', ['-vvv', '--connection=local', file], {
    cwd: typist.folder,
    env: {
      ...process.env,
      HOME: typist.folder,
      VAULT_ADDR: vault.server.address,
      VAULT_ROLE_ID: login.role_id,
      VAULT_SECRET_ID_FILE: join(typist.folder, 'secret-id'),
    },
  });
  expect(stdout).toContain('"me.json.displayName": "Ada Admin"');
  expect(exitCode).toBe(0);
  for (const secret of [...vault.issued, login.secret_id]) {
    expect(stdout + stderr).not.toContain(secret);
  }
});
