import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { readCredential } from '#core';
import { run } from '../../lib/processes/child-process';
import { appPolicy } from '../../lib/declaration/policies/app-policy';
import { eventually } from '../../rehearsal/eventually';
import { OperatedVault } from '../fixtures/worlds/operated-vault';
import { statusOf } from '../fixtures/results/refusal';
import { Script, type ScriptResult } from '../fixtures/programs/script';
import { onOpenBao } from '../fixtures/runs/server-product';
import { findServer } from '../../rehearsal/server/server-binary';
import { runOnTerminal } from '../fixtures/programs/terminal';

const anything = z.unknown();
/** Split of the unseal key by `init`. */
const SPLIT = ['--shares', '5', '--threshold', '3'];
let operated: OperatedVault;
let snapshot: string;

beforeAll(async () => {
  operated = await OperatedVault.start();
  await operated.init();
  await operated.deploy();
  await operated.authorize();
  snapshot = operated.path('first.snap');
  const { exitCode, stdout } = await operated.operate('backup create', snapshot);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^[0-9a-f]{64} {2}\S+first\.snap\n$/);
});
afterAll(() => operated[Symbol.asyncDispose]());

function accessToken(): Promise<string> {
  return operated.asRoot(async (root) => (await readCredential(root.connection, 'oauthapp', 'testauth')).accessToken);
}

function restore(...args: string[]): ReturnType<OperatedVault['run']> {
  return operated.operate('restore', ...args, '--yes', ...operated.keys);
}

describe('webex-token-vault backup create', () => {
  it('backup create writes an unreadable snapshot with mode 0600 and prints its sha256', async () => {
    const { stdout } = await operated.operate('backup create', operated.path('again.snap'));
    expect((await stat(operated.path('again.snap'))).mode & 0o777).toBe(0o600);
    const content = await readFile(operated.path('again.snap'));
    expect(stdout.split(' ')[0]).toBe(createHash('sha256').update(content).digest('hex'));
    const inside = gunzipSync(content).toString('latin1');
    expect(
      [operated.engine.clientSecret, ...operated.engine.issued].filter((secret) => inside.includes(secret)),
    ).toEqual([]);
  });

  it('backup create refuses a file that git would commit', async () => {
    const project = operated.path('project');
    await mkdir(project);
    await run('git', ['init', '--quiet', project]);
    const { exitCode, stderr } = await operated.operate('backup create', `${project}/a.snap`);
    expect(stderr).toMatch(/^error: git does not ignore \S+a\.snap, .*; add it to \.gitignore, or choose .*\n$/);
    expect(exitCode).toBe(1);
    expect(await readdir(project)).toEqual(['.git']);
  });

  it("backup create also takes the backup operator's login from the environment", async () => {
    const env = {
      VAULT_ROLE_ID: (await readFile(`${operated.operators}/backup-role-id`, 'utf8')).trim(),
      VAULT_SECRET_ID_FILE: `${operated.operators}/backup-secret-id`,
    };
    await expect(operated.run('backup create', [operated.path('env.snap')], env)).resolves.toMatchObject({
      exitCode: 0,
    });
  });

  it.each([
    ['no token', {}, /^error: no Vault token and no login was found; .+"backup".+\n$/],
    ['a token that is not valid', { VAULT_TOKEN: 's.nobody' }, /^error: Vault answered 403 .+; the token is not valid/],
  ])('backup create reports %s in one line, and leaves no file', async (_, env, line) => {
    // A clone may have logins in the default folder.
    const nobody = { WEBEX_TOKEN_VAULT_OPERATORS: operated.path('nobody'), ...env };
    const { exitCode, stdout, stderr } = await operated.run('backup create', [operated.path('none.snap')], nobody);
    expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: '' });
    expect(stderr).toMatch(line);
    expect((await readdir(operated.server.folder)).filter((name) => name.includes('none.snap'))).toEqual([]);
  });
});

describe('webex-token-vault restore', () => {
  it('restore brings back the earlier state and leaves no root token behind', async () => {
    const before = await accessToken();
    await operated.asRoot(async (root) => {
      await root.delete('oauthapp/creds/testauth');
      await root.write('sys/policies/acl/later', { policy: appPolicy('oauthapp', ['testauth']) });
    });
    const { exitCode, stdout, stderr } = await restore(snapshot, '--credential', 'testauth');
    expect(stderr).toMatch(
      /first\.snap is whole, sha256 [0-9a-f]{64}\nsent, and being restored\nunsealed and active\n$/,
    );
    expect(stdout).toMatch(/^Restored\. Credential "testauth" can be read; its access token expires at .+\n$/);
    expect(exitCode).toBe(0);
    await expect(accessToken()).resolves.toBe(before);
    const [later, tokens] = await operated.asRoot(async (root) => [
      await statusOf(root.read('sys/policies/acl/later', anything)),
      await root.list('auth/token/accessors'),
    ]);
    expect(later).toBe(404);
    const policies = z.object({ data: z.object({ policies: z.array(z.string()), accessor: z.string() }) });
    const roots = await operated.asRoot(async (root) => {
      const found = [];
      for (const accessor of tokens) {
        const lookup = root.write('auth/token/lookup-accessor', { accessor }, policies);
        found.push(await lookup.then(({ data }) => data.policies.join()).catch(() => 'gone'));
      }
      return found.filter((each) => each === 'root');
    });
    expect(roots).toEqual([]);
  });

  it('restore rebuilds an empty server after a loss of its data: keys, operators and grants', async () => {
    const before = await accessToken();
    await operated.loseData();
    await expect(operated.server.node.client().sealStatus()).resolves.toMatchObject({ initialized: false });
    const { exitCode, stdout, stderr } = await restore(snapshot, '--credential', 'testauth', ...SPLIT);
    expect(stderr).toContain('initialized with a temporary key\nsent, and being restored\nthe server is sealed now');
    expect(stdout).toContain('Credential "testauth" can be read');
    expect(exitCode).toBe(0);
    await expect(accessToken()).resolves.toBe(before);
    await expect(operated.as('provisioner')).resolves.toBeDefined();
  });

  it('restore waits until others unseal an empty server if it has no key shares', async () => {
    await operated.loseData();
    const restoring = new Script('restore', [snapshot, '--yes', ...SPLIT], operated.environment);
    await restoring.says(
      /the server is sealed now, .+\nrun "npx --no-install webex-token-vault unseal" with the shares of that key\n/,
    );
    await operated.run('unseal', operated.keys);
    const { exitCode, stdout, stderr } = await restoring.result();
    expect(stderr).toContain('unsealed and active');
    expect(stdout).toBe('Restored. No credential was read; name one with --credential to test it.\n');
    expect(exitCode).toBe(0);
    await expect(accessToken()).resolves.toBeDefined();
  });

  describe('onto another server', () => {
    let other: OperatedVault;

    beforeAll(async () => {
      const { auditFilePath } = operated.server.node.configuration;
      other = await OperatedVault.start({ seal: 'shamir', settings: { auditFilePath } });
    });
    afterAll(() => other[Symbol.asyncDispose]());

    async function expectEmpty(): Promise<void> {
      await expect(other.server.node.client().sealStatus()).resolves.toMatchObject({ initialized: false });
    }

    it.each([
      ['not told', [], /error: there is no terminal to ask how .+; give --shares and --threshold\n$/],
      ['told wrongly', ['--shares', '3', '--threshold', '5'], /error: the threshold must not exceed .+\n$/],
    ])('restore leaves an empty server unchanged if it is %s how the unseal key is split', async (_, split, line) => {
      const { exitCode, stderr } = await other.run('restore', [snapshot, '--yes', ...operated.keys, ...split]);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(line);
      await expectEmpty();
    });

    it('restore asks on a terminal how the unseal key is split', async () => {
      const { exitCode, screen } = await runOnTerminal(
        'restore',
        [snapshot, '--yes', ...operated.keys],
        other.environment,
        [
          ['How many shares does the unseal key of the snapshot have?', '3'],
          ['How many of them are needed to unseal?', '5'],
        ],
      );
      expect(screen).toContain('error: the threshold must not exceed the number of shares, got 5 of 3');
      expect(exitCode).toBe(2);
      await expectEmpty();
    });

    it('restore refuses the snapshot of a server with other keys, and accepts it with --force', async () => {
      const { rootToken } = await other.server.initializeByShares();
      const VAULT_TOKEN = rootToken;
      const refused = await other.run('restore', [snapshot, '--yes'], { VAULT_TOKEN });
      expect(refused.exitCode).toBe(1);
      expect(refused.stderr).toMatch(
        /error: \S+first\.snap is from a server with other keys, so nothing was changed; .+\n$/,
      );
      await expect(other.server.node.client(rootToken).sealStatus()).resolves.toMatchObject({ sealed: false, n: 1 });

      const operator = [...operated.keys, '--operators', operated.operators];
      const args = [snapshot, '--yes', '--force', ...operator, '--credential', 'testauth', ...SPLIT];
      const restoring = new Script('restore', args, { ...other.environment, VAULT_TOKEN });
      await restoring.says(
        /the server is sealed now, .+\nit still expects the shares of its previous key; restart it now/,
      );
      await other.server.node.stop();
      await other.server.node.start();
      const taken = await restoring.result();
      expect(taken.stderr).toContain('unsealed and active');
      expect(taken.stdout).toContain('Credential "testauth" can be read');
      expect(taken.exitCode).toBe(0);
    });
  });

  it('restore reports in one line that a snapshot is damaged, without a request to the server', async () => {
    const file = operated.path('damaged.snap');
    const content = await readFile(snapshot);
    await writeFile(file, content.fill((content[9999] ?? 0) ^ 1, 9999, 10_000));
    const env = { VAULT_ADDR: 'https://127.0.0.1:1', VAULT_TOKEN: 's.nobody' };
    const { exitCode, stderr } = await operated.run('restore', [file, '--yes'], env);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error: \S+damaged\.snap is not a whole Raft snapshot: .+; use another backup\n$/);
  });

  it('restore requires --yes if there is no terminal for its question', async () => {
    const { exitCode, stderr } = await operated.run('restore', [snapshot, ...operated.keys]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/error: there is no terminal to ask whether to restore; add --yes if you are sure\n$/);
  });

  it('restore names everything that it lacks for a server in use', async () => {
    const nothing = await operated.run('restore', [snapshot, '--yes']);
    expect(nothing.stderr).toMatch(
      /error: there is nothing to restore with; give the key shares by --key-shares FOLDER, by --share-file FILE or on a terminal, .+\n$/,
    );
    const notAllowed = await operated.run('restore', [snapshot, '--yes'], { VAULT_TOKEN: 's.nobody' });
    expect(notAllowed.stderr).toMatch(/error: Vault answered 403 .+\n$/);
    const unproven = await operated.run('restore', [snapshot, '--yes', '--credential', 'testauth']);
    expect(unproven.stderr).toMatch(/error: there is nothing to read the credential with after the restore; .+\n$/);
    await expect(accessToken()).resolves.toBeDefined();
  });
});

describe('with a seal that opens by itself', () => {
  let sealed: OperatedVault;
  let file: string;

  beforeAll(async () => {
    sealed = await OperatedVault.start({ seal: 'auto' });
    file = sealed.path('a.snap');
    await sealed.init();
    const early = await sealed.operate('backup create', sealed.path('early.snap'));
    expect(early.stderr).toMatch(
      /^\d+ bytes, checked\nnotice: the backup is good but not recorded, .+: there are no records at .+\n$/,
    );
    expect(early.exitCode).toBe(0);
    await sealed.deploy();
    await sealed.authorize();
    await sealed.operate('backup create', file);
  });
  afterAll(() => sealed[Symbol.asyncDispose]());

  onOpenBao.it(
    'backup verify opens a snapshot with the declared seal key, and refuses another key in one line',
    async () => {
      const declared = { type: 'static', currentKeyId: 'test-1', currentKeyFile: sealed.path('seal.key') } as const;
      const verify = async (seal?: typeof declared): Promise<ScriptResult> => {
        sealed.declare({ vault: { server: { mode: 'production', seal } } });
        const args = [file, '--operators', sealed.operators, ...sealed.keys];
        return sealed.run('backup verify', args, { REHEARSAL_SERVER: await findServer() });
      };
      const made = await verify(declared);
      expect(made.stderr).toMatch(/\nverified: .+\n$/);
      expect(made.stdout).toMatch(/\ntestauth: present, with a refresh token, .+\n$/);
      expect(made.exitCode).toBe(0);

      await writeFile(sealed.path('other.key'), Buffer.alloc(32, 7).toString('base64'), { mode: 0o600 });
      const refused = await verify({ ...declared, currentKeyFile: sealed.path('other.key') });
      expect(refused.stderr).toMatch(/\nerror: .+ because the seal cannot decrypt the stored keys; .+\n$/);
      expect(refused.exitCode).toBe(1);

      const unsealed = await verify();
      expect(unsealed.stderr).toMatch(/\nerror: \S+ is of a server with the seal "static", but .+ has "shamir"; .+\n$/);
      expect(unsealed.exitCode).toBe(1);
    },
  );

  it('restore fills an empty server that then unseals itself', async () => {
    await sealed.loseData();
    const { exitCode, stderr } = await sealed.run('restore', [file, '--yes']);
    expect(stderr).toContain('unsealed and active');
    expect(exitCode).toBe(0);
    await expect(sealed.as('provisioner')).resolves.toBeDefined();
  });

  it('backup create and restore work through a standby node', async () => {
    // With this setting, a busy machine does not end the term of the first node.
    const settings = { performanceMultiplier: 5 };
    await using cluster = await OperatedVault.start({ seal: 'auto', nodes: 3, settings });
    await cluster.init();
    const standby = cluster.server.nodes[1];
    await eventually(async () => (await standby?.client().sealStatus())?.sealed === false || undefined);
    const env = { VAULT_ADDR: standby?.address ?? '' };
    const file = cluster.path('a.snap');
    await expect(cluster.run('backup create', [file, '--operators', cluster.operators], env)).resolves.toMatchObject({
      exitCode: 0,
    });
    const args = [file, '--yes', ...cluster.keys, '--operators', cluster.operators];
    const { exitCode, stderr } = await cluster.run('restore', args, env);
    expect(stderr).toContain(`is a standby node; asking its leader, ${cluster.server.node.address}`);
    expect(exitCode).toBe(0);
  });
});
