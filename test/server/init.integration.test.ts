import { once } from 'node:events';
import { renameSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { z } from 'zod';
import { applyDeclaration } from '../../rehearsal/applier/stack';
import { run } from '../../lib/processes/child-process';
import { initializeServer } from '../../lib/server/keys/initialization';
import { defineDeployment } from '../../lib/declaration/define-deployment';
import { clientSecretVariable } from '../../lib/declaration/derived/client-secret';
import { policyNameOf } from '../../lib/declaration/derived/policy-names';
import type { Deployment } from '../../lib/declaration/schema/deployment';
import { ServerProcess } from '../../lib/processes/server-process';
import { exampleDeployment } from '../fixtures/declarations/declaration';
import { findServer } from '../../rehearsal/server/server-binary';
import { readOperatorLogin } from '../../lib/operators/operator-folder';
import { OPERATOR_NAMES } from '../../lib/operators/operators';
import { generateToken, revokeSelf } from '../../lib/server/keys/root-token';
import { VaultClient } from '../../lib/vault/vault-client';
import { deploymentInFile } from '../../rehearsal/written-deployment';
import { eventually } from '../../rehearsal/eventually';
import { OperatedVault } from '../fixtures/worlds/operated-vault';
import { PGP_PUBLIC_KEY } from '../fixtures/identities/pgp-key';
import { ProductionNodes } from '../../rehearsal/server/production-nodes';
import { statusOf } from '../fixtures/results/refusal';
import { onOpenBao, onVault, ROOT_GENERATION } from '../fixtures/runs/server-product';
import { STARTED_PROGRAM, Script, type ScriptResult } from '../fixtures/programs/script';
import { synthesize } from '../fixtures/worlds/synthesizer';
import { runOnTerminal } from '../fixtures/programs/terminal';

/** A client that records the tokens of its copies. */
class ObservedClient extends VaultClient {
  readonly tokens: string[] = [];

  override withToken(token: string): VaultClient {
    this.tokens.push(token);
    return super.withToken(token);
  }
}

const anything = z.unknown();

/** Result of a successful command. A moving mount has no path for a moment, and the command then fails. */
async function until(command: Promise<ScriptResult>): Promise<ScriptResult | undefined> {
  const result = await command;
  return result.exitCode === 0 ? result : undefined;
}

describe('webex-token-vault init', () => {
  let operated: OperatedVault;

  beforeAll(async () => (operated = await OperatedVault.start()));
  afterAll(() => operated[Symbol.asyncDispose]());

  describe('before its first change', () => {
    afterEach(async () => {
      await expect(operated.server.node.client().sealStatus()).resolves.toMatchObject({ initialized: false });
    });

    it('init refuses a threshold above the number of shares', async () => {
      const { exitCode, stderr } = await operated.init('--shares', '3', '--threshold', '5');
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/^error: the threshold must not exceed the number of shares, got 5 of 3; .+\n$/);
    });

    it('init refuses a folder that contains key shares or logins, and one that others can open', async () => {
      await operated.writeShares('taken', ['key share of another server']);
      const taken = await operated.run('init', ['--operators', operated.path('taken')]);
      expect(taken).toMatchObject({ exitCode: 1 });
      expect(taken.stderr).toMatch(/^error: there is a key share at \S+taken\/key-share-1 already, .+\n$/);
      await mkdir(operated.path('logins'), { mode: 0o700 });
      await writeFile(join(operated.path('logins'), 'issuer-role-id'), 'role id at another server');
      const logins = await operated.run('init', ['--operators', operated.path('logins')]);
      expect(logins).toMatchObject({ exitCode: 1 });
      expect(logins.stderr).toMatch(/^error: the login of another server's issuer is in \S+logins; .+\n$/);
      await mkdir(operated.path('open'));
      await chmod(operated.path('open'), 0o755);
      const open = await operated.run('init', ['--operators', operated.path('open')]);
      expect(open.stderr).toMatch(/^error: the folder \S+open must be private to its owner, got mode 0755; .+\n$/);
    });

    it('init refuses a disk without room for the key shares', async () => {
      const out = operated.path('limited');
      const command = [process.execPath, STARTED_PROGRAM, 'init', '--operators', out];
      // The signal is ignored, and the limited file size then causes an error like that of a full disk.
      const limited = ['-c', `trap '' XFSZ; ulimit -f 64; exec "$@"`, 'bash', ...command];
      const env = { PATH: process.env.PATH, HOME: out, ...operated.environment };
      const { exitCode, stdout, stderr } = await run('bash', limited, { env });
      expect(stderr).toMatch(
        /^error: \S+limited cannot take the key shares \(EFBIG\), so nothing was initialized; make room /,
      );
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(await readdir(out)).toEqual([]);
    });

    it('init refuses a namespace', async () => {
      const { exitCode, stderr } = await operated.run('init', ['--operators', operated.operators], {
        VAULT_NAMESPACE: 'team',
      });
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/^error: a server has its operators in the root namespace, .+\n$/);
    });
  });

  describe('on an empty server', () => {
    let stderr: string;

    /** The folder is moved away once the request is sent, and back once the command reports the failed write. */
    beforeAll(async () => {
      const away = `${operated.operators}-away`;
      const { hostname, port } = new URL(operated.server.node.address);
      const sockets: Socket[] = [];
      const front = createServer((incoming) => {
        const outgoing = connect({ host: hostname, port: Number(port), ca: operated.server.node.ca });
        const both = [incoming, outgoing];
        sockets.push(...both);
        both.forEach((socket) => socket.on('error', () => both.forEach((each) => each.destroy())));
        incoming.on('data', (chunk: Buffer) => {
          if (chunk.includes('/v1/sys/init ')) {
            renameSync(operated.operators, away);
          }
          outgoing.write(chunk);
        });
        outgoing.pipe(incoming);
      });
      await once(front.listen(0, '127.0.0.1'), 'listening');
      try {
        const VAULT_ADDR = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
        const args = ['--operators', operated.operators, ...operated.auditArguments];
        const initializing = new Script('init', args, { ...operated.environment, VAULT_ADDR });
        await initializing.says(/cannot be written to/);
        await rename(away, operated.operators);
        const ended = await initializing.result();
        expect({ exitCode: ended.exitCode, stdout: ended.stdout }).toEqual({ exitCode: 0, stdout: '' });
        ({ stderr } = ended);
      } finally {
        front.close();
        sockets.forEach((socket) => socket.destroy());
      }
    });

    it('init keeps the key shares in memory until its missing folder is back, and continues', () => {
      expect(stderr).toMatch(
        /the key shares cannot be written to \S+ \(ENOENT\); they are kept in memory, and retried/,
      );
      expect(stderr).toContain('the key shares are written\ninitialized: 5 shares of the unseal key, 3 of them needed');
    });

    it('init reports the lifetime of each login, the audit device and the revocation', () => {
      const day = new Date(Date.now() + 90 * 24 * 3_600_000).toISOString().slice(0, 10);
      for (const name of ['provisioner', 'authorizer', 'issuer']) {
        expect(stderr).toContain(`secret id of operator ${name} issued: valid until ${day} (in `);
      }
      for (const name of ['administrator', 'backup']) {
        expect(stderr).toContain(`secret id of operator ${name} issued: it never expires\n`);
      }
      expect(stderr).toContain('audit is on: file/');
      expect(stderr).toContain('root token revoked');
    });

    it('init writes each key share, role id and secret id to its own file with mode 0600', async () => {
      const names = await readdir(operated.operators);
      expect(names.sort()).toMatchInlineSnapshot(`
       [
         "administrator-role-id",
         "administrator-secret-id",
         "authorizer-role-id",
         "authorizer-secret-id",
         "backup-role-id",
         "backup-secret-id",
         "cluster-id",
         "issuer-role-id",
         "issuer-secret-id",
         "key-share-1",
         "key-share-2",
         "key-share-3",
         "key-share-4",
         "key-share-5",
         "observer-role-id",
         "observer-secret-id",
         "provisioner-role-id",
         "provisioner-secret-id",
       ]
      `);
      const modes = await Promise.all(
        names.map(async (name) => (await stat(join(operated.operators, name))).mode & 0o777),
      );
      expect(new Set(modes)).toEqual(new Set([0o600]));
      expect((await stat(operated.operators)).mode & 0o777).toBe(0o700);
      expect(new Set(await operated.keyShares()).size).toBe(5);
    });

    it('init reports an initialized server, and changes nothing', async () => {
      const before = await operated.keyShares();
      const { exitCode, stderr } = await operated.init();
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/^error: https:\S+ is initialized already, and nothing was changed; .+\n$/);
      await expect(operated.keyShares()).resolves.toEqual(before);
      const elsewhere = await operated.run('init', ['--operators', operated.path('elsewhere')]);
      expect(elsewhere.exitCode).toBe(1);
      await expect(readdir(operated.server.folder)).resolves.not.toContain('elsewhere');
    });

    it('the provisioner deploys stack webex-tokens, and a second deploy changes nothing', async () => {
      expect((await operated.deploy()).changed.length).toBeGreaterThan(5);
      expect((await operated.deploy()).changed).toEqual([]);
    });

    it("the provisioner's policy forbids every other sensitive operation", async () => {
      const provisioner = await operated.as('provisioner');
      const attempts: Record<string, () => Promise<unknown>> = {
        'read a credential': () => provisioner.read('oauthapp/creds/testauth', anything),
        'write a credential': () => provisioner.write('oauthapp/creds/testauth', { access_token: 'x' }),
        'mount another engine': () => provisioner.write('sys/mounts/secret', { type: 'kv' }),
        'unmount another engine': () => provisioner.delete('sys/mounts/cubbyhole'),
        'enable another login': () => provisioner.write('sys/auth/userpass', { type: 'userpass' }),
        'list who consented': () => provisioner.list('oauthapp-records/metadata/consents'),
        'read another policy': () => provisioner.read('sys/policies/acl/operators-administrator', anything),
        'write another policy': () => provisioner.write('sys/policies/acl/mine', { policy: 'path "*" {}' }),
        'widen its own policy': () =>
          provisioner.write(`sys/policies/acl/${policyNameOf(operated.deployment.engine.mountPath, 'provisioner')}`, {
            policy: 'path "*" { capabilities = ["sudo"] }',
          }),
        'widen its own role': () => provisioner.write('auth/operators/role/provisioner', { token_policies: ['root'] }),
        'issue a secret id of an app': () => provisioner.write('auth/approle/role/people-me/secret-id', {}),
        'issue a secret id of an operator': () => provisioner.write('auth/operators/role/administrator/secret-id', {}),
        'make a token': () => provisioner.write('auth/token/create', { policies: ['root'] }),
        'seal the server': () => provisioner.write('sys/seal', {}),
        'read raw storage': () => provisioner.read('sys/raw/core', anything),
        'see the audit devices': () => provisioner.read('sys/audit', anything),
        'turn audit off': () => provisioner.delete('sys/audit/file'),
        'take a snapshot': () => provisioner.read('sys/storage/raft/snapshot', anything),
        'start a root token': () => provisioner.write('sys/generate-root-token/attempt', {}),
        'step the leader down': () => provisioner.write('sys/step-down', {}),
        'rotate the key': () => provisioner.write('sys/rotate/keyring', {}),
      };
      const statuses: Record<string, number> = {};
      for (const [name, attempt] of Object.entries(attempts)) {
        statuses[name] = await statusOf(attempt());
      }
      expect(statuses).toEqual(Object.fromEntries(Object.keys(attempts).map((name) => [name, 403])));
      await expect(operated.server.node.client().sealStatus()).resolves.toMatchObject({ sealed: false });
    });

    it('init keeps every secret out of the logs and out of all other files', async () => {
      await operated.authorize();
      const app = await operated.as('issuer');
      await app.writeWrapped('auth/approle/role/people-me/secret-id', {}, 60);
      const { exitCode } = await operated.updateOperators(...operated.keys);
      expect(exitCode).toBe(0);

      const shares = await operated.keyShares();
      const names = (await readdir(operated.operators)).filter((name) => !/role-id$|^cluster-id$/.test(name));
      const contents = new Map(
        await Promise.all(
          names.map(async (name) => [name, (await readFile(join(operated.operators, name), 'utf8')).trim()] as const),
        ),
      );
      const secrets = [
        ...operated.engine.issued,
        operated.engine.clientSecret,
        ...contents.values(),
        ...shares.map((share) => Buffer.from(share, 'base64').toString('hex')),
      ];
      // The secrets include a code, an access token and a refresh token.
      expect(operated.engine.issued.length).toBeGreaterThanOrEqual(3);
      const audit = await operated.server.auditLog;
      // The audit log has all these requests, and hides such values.
      expect(audit).toContain('oauthapp/creds/testauth');
      expect(audit).toContain(`${ROOT_GENERATION}/update`);
      expect(audit).toContain('"secret_id":"hmac-sha256:');
      const logs = audit + operated.server.node.log;
      expect(secrets.filter((secret) => logs.includes(secret))).toEqual([]);
      for (const [name, content] of contents) {
        const others = secrets.filter((secret) => secret !== content);
        expect(others.filter((secret) => content.includes(secret))).toEqual([]);
        expect(name).toMatch(/^key-share-\d$|-secret-id$/);
      }
    });

    it('the commands refuse logins of another server, and write none beside them', async () => {
      const other = operated.path('other');
      await cp(operated.operators, other, { recursive: true });
      await writeFile(join(other, 'cluster-id'), '0b0e8f0c-0000-4000-8000-000000000000\n');
      const line =
        /^error: the logins in \S+other belong to another server \(cluster 0b0e8f0c-\S+\) than https:\S+ \(cluster [0-9a-f-]+\); name the folder of this server's logins, or set VAULT_ADDR to that server\n$/;
      for (const [command, ...args] of [
        ['token', 'provisioner', '--operators', other],
        ['exec', 'backup', '--operators', other, '--', 'true'],
        ['backup', 'create', operated.path('a.snap'), '--operators', other],
        ['operators', 'update', '--operators', other, ...operated.keys],
      ] as const) {
        const { exitCode, stdout, stderr } = await operated.run(command, args);
        expect(stderr).toMatch(line);
        expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      }
      const administrator = await readOperatorLogin(operated.operators, 'administrator');
      const { stderr } = await operated.run('operators update', ['--rotate', '--operators', other, ...operated.keys], {
        VAULT_ROLE_ID: administrator?.roleId ?? '',
        VAULT_SECRET_ID: administrator?.secretId ?? '',
      });
      expect(stderr).toMatch(line);
    });

    it('the commands accept a folder without a note of its server', async () => {
      const copied = operated.path('copied');
      await cp(operated.operators, copied, { recursive: true });
      await rm(join(copied, 'cluster-id'));
      await expect(operated.run('token', ['provisioner', '--operators', copied])).resolves.toMatchObject({
        exitCode: 0,
      });
    });

    it('init refuses --print without a terminal', async () => {
      const { exitCode, stdout, stderr } = await operated.init('--print');
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toMatch(/^error: --print needs a terminal, and standard output is not one; .+\n$/);
    });

    describe('webex-token-vault operators update', () => {
      function update(deployment?: Deployment): Promise<ScriptResult> {
        const args = ['--operators', operated.operators, ...operated.keys];
        const declared = deployment && deploymentInFile(operated.server.folder, deployment, 'update');
        return operated.run('operators update', args, declared);
      }

      it('operators update adds the rights for a new app, and leaves no root token', async () => {
        const deployment = {
          ...operated.deployment,
          apps: operated.deployment.apps.flatMap((app) => [
            app,
            { ...app, name: 'second-app', vaultName: 'second-app' },
          ]),
        };
        const policy = `sys/policies/acl/${policyNameOf(operated.deployment.engine.mountPath, 'app-second-app')}`;
        await expect(statusOf((await operated.as('provisioner')).write(policy, { policy: '# none' }))).resolves.toBe(
          403,
        );
        const { exitCode, stderr } = await update(deployment);
        expect(stderr).toContain('root token revoked');
        expect(exitCode).toBe(0);
        await expect(statusOf((await operated.as('provisioner')).write(policy, { policy: '# none' }))).resolves.toBe(
          200,
        );

        const accessorReply = z.object({ data: z.object({ accessor: z.string(), policies: z.array(z.string()) }) });
        const roots = await operated.asRoot(async (root) => {
          const itself = await root.read('auth/token/lookup-self', accessorReply);
          expect(itself.data.policies).toEqual(['root']);
          const others: string[][] = [];
          for (const accessor of await root.list('auth/token/accessors')) {
            const { data } = await root.write('auth/token/lookup-accessor', { accessor }, accessorReply);
            if (accessor !== itself.data.accessor) {
              others.push(data.policies);
            }
          }
          return others.filter((policies) => policies.includes('root'));
        });
        expect(roots).toEqual([]);
      });

      it('operators update refuses a second deployment, and changes nothing', async () => {
        const { apps } = operated.deployment;
        const second = {
          ...operated.deployment,
          engine: { ...operated.deployment.engine, mountPath: 'second' },
          apps: apps.map((app) => ({ ...app, name: 'app-of-the-second', vaultName: 'app-of-the-second' })),
        };
        const { exitCode, stderr } = await update(second);
        expect(stderr).toMatch(
          /^error: the operators of https:\S+ belong to the deployment at mount "oauthapp", and one at "second" would .+ there\. If the engine moves, declare engine\.movedFrom: "oauthapp"; otherwise deploy without operators, as docs\/tasks\/deploy-to-an-existing-vault\.md describes\n$/,
        );
        expect(exitCode).toBe(1);
        await operated.asRoot(async (root) => {
          const policy = z.object({ data: z.object({ policy: z.string() }) });
          const issuer = await root.read('sys/policies/acl/operators-issuer', policy);
          expect(issuer.data.policy).not.toContain('app-of-the-second');
          const role = z.object({ data: z.object({ token_policies: z.array(z.string()) }) });
          const provisioner = await root.read('auth/operators/role/provisioner', role);
          expect(provisioner.data.token_policies).toEqual(['oauthapp-provisioner']);
          await expect(statusOf(root.read('sys/policies/acl/second-provisioner', anything))).resolves.toBe(404);
        });
      });

      it('an administrator deploys a second deployment by docs/tasks/deploy-to-an-existing-vault.md, and the operators stay unchanged', async () => {
        const { engine, vault, ...rest } = operated.deployment;
        const second = defineDeployment({
          ...rest,
          vault: { address: vault.address },
          engine: { ...engine, mountPath: 'second', plugin: { ...engine.plugin, manage: false } },
          appRole: { path: 'approle-second' },
          manageProvisioner: true,
        });
        const environment = { ...operated.environment, ...deploymentInFile(operated.server.folder, second, 'second') };
        const stackDirectory = await synthesize({ folder: operated.path('second.out'), environment });
        const administrator = await operated.as('administrator');
        const token = await generateToken(administrator, 'root token', await operated.keyShares());
        const root = administrator.withToken(token);
        const variables = { [clientSecretVariable('webex-myapp')]: operated.engine.clientSecret };
        const { changed } = await applyDeclaration({
          ...{ stackDirectory, vault: root, token, variables, environment },
          by: 'applier',
          note: () => undefined,
        });
        expect(changed.length).toBeGreaterThan(5);
        await root.delete('sys/mounts/second');
        await root.delete('sys/auth/approle-second');
        await revokeSelf(root);
        expect((await operated.deploy()).changed).toEqual([]);
      });

      it('operators update accepts the mount to which the engine is declared to move', async () => {
        const { engine } = operated.deployment;
        const moving = {
          ...operated.deployment,
          engine: { ...engine, mountPath: 'moved', movedFrom: engine.mountPath },
        };
        const back = { ...operated.deployment, engine: { ...engine, movedFrom: 'moved' } };
        for (const declared of [moving, back]) {
          await expect(update(declared)).resolves.toMatchObject({ exitCode: 0 });
        }
      });

      it('operators update accepts the mount to which the engine has moved', async () => {
        const moved = { ...operated.deployment, engine: { ...operated.deployment.engine, mountPath: 'moved' } };
        const move = (from: string, to: string): Promise<void> =>
          operated.asRoot((root) => root.write('sys/remount', { from, to }));
        await move('oauthapp', 'moved');
        try {
          await expect(eventually(() => until(update(moved)))).resolves.toBeDefined();
        } finally {
          await move('moved', 'oauthapp');
          await eventually(() => until(update()));
        }
      });

      it("operators update issues a login to a new operator, and keeps the others' logins", async () => {
        const role = 'auth/operators/role/observer';
        await operated.asRoot(async (root) => {
          for (const accessor of await root.list(`${role}/secret-id`)) {
            await root.write(`${role}/secret-id-accessor/destroy`, { secret_id_accessor: accessor });
          }
        });
        await Promise.all(['role', 'secret'].map((half) => rm(join(operated.operators, `observer-${half}-id`))));
        const before = await readFile(join(operated.operators, 'issuer-secret-id'), 'utf8');
        const { stderr } = await update();
        expect(stderr.match(/secret id of operator \w+ issued/g)).toEqual(['secret id of operator observer issued']);
        await operated.as('observer');
        await expect(readFile(join(operated.operators, 'issuer-secret-id'), 'utf8')).resolves.toBe(before);
      });

      it('operators update --rotate revokes the earlier secret ids', async () => {
        const before = await readFile(join(operated.operators, 'backup-secret-id'), 'utf8');
        const roleId = await readFile(join(operated.operators, 'backup-role-id'), 'utf8');
        await expect(operated.operate('operators update', '--rotate', ...operated.keys)).resolves.toMatchObject({
          exitCode: 0,
        });
        const login = operated.server.node
          .client()
          .write('auth/operators/login', { role_id: roleId.trim(), secret_id: before.trim() });
        await expect(statusOf(login)).resolves.toBe(400);
        await expect(operated.as('backup')).resolves.toBeDefined();
      });

      it.each([
        ['too few', (shares: string[]) => shares.slice(0, 2), '2 of 3 key shares were given'],
        ['one twice', ([first = '', second = '']: string[]) => [first, second, first], 'a key share was given twice'],
        [
          'a wrong one',
          ([first = '', second = '']: string[]) => [first, second, Buffer.alloc(33, 7).toString('base64')],
          'at least one of them is wrong',
        ],
      ])(
        'operators update reports in one line that the shares are %s, and cancels the attempt',
        async (_, choose, problem) => {
          const shares = choose(await operated.keyShares());
          const files = await operated.writeShares(`shares ${problem}`, shares);
          const { exitCode, stderr } = await operated.operate('operators update', '--share-file', ...files);
          expect(exitCode).toBe(1);
          expect(stderr).toMatch(new RegExp(`^error: .*${problem}.*\n$`));
          expect(shares.filter((share) => stderr.includes(share))).toEqual([]);
          const administrator = await operated.as('administrator');
          const attempt = z.object({ started: z.boolean() });
          const reply = z.union([z.object({ data: attempt }).transform(({ data }) => data), attempt]);
          const status = await administrator.read(`${ROOT_GENERATION}/attempt`, reply);
          expect(status.started).toBe(false);
        },
      );
    });

    it('the administrator has no rights without key shares, and the backup operator can only read a snapshot', async () => {
      const [administrator, backup] = [await operated.token('administrator'), await operated.token('backup')];
      for (const token of [administrator, backup]) {
        const operator = operated.server.node.client(token);
        await expect(statusOf(operator.read('oauthapp/creds/testauth', anything))).resolves.toBe(403);
        await expect(statusOf(operator.read('sys/policies/acl/default', anything))).resolves.toBe(403);
        await expect(statusOf(operator.write('auth/operators/role/backup/secret-id', {}))).resolves.toBe(403);
      }
      await operated.asRoot(async (root) => {
        const reply = z.object({ data: z.object({ capabilities: z.array(z.string()) }) });
        const may = async (token: string, path: string): Promise<string[]> =>
          (await root.write('sys/capabilities', { token, paths: [path] }, reply)).data.capabilities;
        await expect(may(administrator, 'sys/storage/raft/snapshot')).resolves.toEqual(['deny']);
        await expect(may(backup, 'sys/storage/raft/snapshot')).resolves.toEqual(['read']);
        await expect(may(backup, 'sys/storage/raft/snapshot-force')).resolves.toEqual(['deny']);
      });
    });

    it('an operator still logs in after repeated attempts with wrong secret ids', async () => {
      const role_id = await readFile(join(operated.operators, 'backup-role-id'), 'utf8');
      const request = { role_id: role_id.trim(), secret_id: 'made-up' };
      for (let tries = 0; tries < 8; tries++) {
        await expect(statusOf(operated.server.node.client().write('auth/operators/login', request))).resolves.toBe(400);
      }
      await operated.token('backup');
    });

    // This deployment has no healing, and therefore no healer.
    const present = OPERATOR_NAMES.filter((name) => name !== 'healer');

    it.each(present)("the %s can revoke its token, and has no other right of Vault's default policy", async (name) => {
      const operator = await operated.as(name);
      const attempts: Record<string, () => Promise<unknown>> = {
        'renew its token': () => operator.write('auth/token/renew-self', {}),
        'see all that it may do': () => operator.read('sys/internal/ui/resultant-acl', anything),
        'wrap something': () => operator.writeWrapped('sys/wrapping/wrap', { secret: 'x' }, 60),
        'keep something in Vault': () => operator.write('cubbyhole/x', { secret: 'x' }),
        'use the tools of Vault': () => operator.write('sys/tools/hash', { input: '' }),
        // Terraform's provider begins with this request.
        ...(name === 'provisioner'
          ? {}
          : { 'look its token up': () => operator.read('auth/token/lookup-self', anything) }),
        // `authorize`, `deploy` and `doctor` begin with this request.
        ...(['authorizer', 'provisioner', 'observer'].includes(name)
          ? {}
          : { 'ask what it may do': () => operator.capabilities('sys/mounts') }),
      };
      const statuses: Record<string, number> = {};
      for (const [attempt, call] of Object.entries(attempts)) {
        statuses[attempt] = await statusOf(call());
      }
      expect(statuses).toEqual(Object.fromEntries(Object.keys(attempts).map((attempt) => [attempt, 403])));
      await operator.connection.revokeToken();
      await expect(statusOf(operator.connection.revokeToken())).resolves.toBe(403);
    });
  });

  describe('on a server that lost its data', () => {
    beforeEach(() => operated.loseData());

    it('init --print shows shares and secret ids once on the terminal, and writes no file', async () => {
      const folder = operated.path('printed');
      const args = ['--print', '--operators', folder, ...operated.auditArguments];
      const { exitCode, screen } = await runOnTerminal('init', args, operated.environment);
      expect(exitCode).toBe(0);
      const shares = [...screen.matchAll(/^Key share (\d): (\S+)\r$/gm)].map(([, , share = '']) => share);
      expect(new Set(shares).size).toBe(5);
      expect(screen).toMatch(/^Secret id of provisioner: \S{36}\r$/m);
      await expect(readdir(folder)).rejects.toThrow('ENOENT');

      // The shares are right, and a person can type them unseen.
      await operated.server.node.stop();
      await operated.server.node.start();
      const dialog = shares.slice(2).map((share, index) => [`Key share ${index + 1} (`, share] as const);
      const typed = await runOnTerminal('unseal', [], operated.environment, dialog);
      expect(typed.screen).toContain('is unsealed');
      expect(typed.exitCode).toBe(0);
      expect(shares.filter((share) => typed.screen.includes(share))).toEqual([]);
    });

    it('init with PGP keys writes the shares encrypted, and waits for their owners to unseal', async () => {
      const [folder, key] = [operated.path('pgp'), operated.path('owner.asc')];
      await writeFile(key, PGP_PUBLIC_KEY);
      const keys = ['--shares', '2', '--threshold', '2', '--pgp-key', key, key];
      const { exitCode, stderr } = await operated.run('init', [
        '--operators',
        folder,
        ...keys,
        '--unseal-timeout',
        '1s',
      ]);
      expect(exitCode).toBe(1);
      expect(stderr).toContain('waiting for the owners of the PGP keys');
      expect(stderr).toMatch(
        /error: nobody unsealed .* delete its data and these key shares, then initialize it again\n$/,
      );
      for (const share of await operated.keyShares(folder)) {
        // A PGP message, not the 33 bytes of a share.
        expect(Buffer.from(share, 'base64').length).toBeGreaterThan(100);
      }
    });

    onVault.it('init names an audit log that the server cannot write, and the next command completes it', async () => {
      const folder = operated.path('unwritable');
      const failed = await operated.run('init', ['--operators', folder, '--audit-file', '/proc/no/audit.log']);
      expect(failed.stderr).toMatch(
        /error: nothing is audited: .+ at \/proc\/no\/audit\.log \(.+\); name a file .+: --audit-file PATH\. The key shares are written\. .+ operators update --rotate --audit-file PATH --key-shares [^ ]+ --operators [^ ]+"\n$/,
      );
      expect(failed.exitCode).toBe(1);
      const next = ['--rotate', '--key-shares', folder, '--operators', folder, ...operated.auditArguments];
      await expect(operated.run('operators update', next)).resolves.toMatchObject({ exitCode: 0 });
    });

    onOpenBao.it(
      'init shows the missing audit configuration before its first change, and the next command completes it',
      async () => {
        const [file, folder] = [operated.path('own-audit.log'), operated.path('unaudited')];
        const { configuration, address, ca } = operated.server.node;
        const whole = z.record(z.string(), z.unknown()).parse(JSON.parse(configuration.toJson()));
        const config = Object.fromEntries(Object.entries(whole).filter(([section]) => section !== 'audit'));
        const start = (binary: string): Promise<ServerProcess> => ServerProcess.start({ binary, config, address, ca });
        const binary = await findServer();
        await operated.server.node.kill();
        const unaudited = await start(binary);
        const failed = await operated
          .run('init', ['--operators', folder, '--audit-file', file])
          .finally(() => unaudited.stop());
        const [before = '', initialized = ''] = failed.stderr.split('\n');
        const [, stanza = ''] =
          /^\S+ is configured elsewhere, .*; its configuration needs one: (audit .*)$/.exec(before) ?? [];
        expect(stanza).toContain(file);
        expect(initialized).toMatch(/^initialized: /);
        const [, named, next = ''] =
          /\nerror: nothing is audited: .* declares no audit device; add (audit .*) and restart it\. The key shares are written\. Unseal the server if it was restarted, then run "npx --no-install webex-token-vault (operators update .*)"\n$/.exec(
            failed.stderr,
          ) ?? [];
        expect(named).toBe(stanza);
        expect(failed.exitCode).toBe(1);
        const [hcl, program] = [operated.path('audit.hcl'), operated.path('audited-server')];
        await writeFile(hcl, `${stanza}\n`);
        await writeFile(program, `#!/bin/sh\nexec '${binary}' "$@" -config='${hcl}'\n`);
        await chmod(program, 0o755);
        await using audited = await start(program);
        expect(audited.isRunning).toBe(true);
        await expect(operated.run('unseal', ['--key-shares', folder])).resolves.toMatchObject({ exitCode: 0 });
        // The server answers a login once it is active.
        await operated.server.node.untilActive();
        const [group = '', command = '', ...args] = next.split(' ');
        const { exitCode, stderr } = await operated.run(`${group} ${command}`, args);
        expect(stderr).toContain('audit is on: file/');
        expect(exitCode).toBe(0);
      },
    );
  });
});

/** Ends a failing test. A busy machine unseals its server in minutes. */
const UNSEAL_LIMIT_MS = 1_800_000;

describe('a server that is initialized', () => {
  async function prepared(
    server: ProductionNodes,
    operator: () => Promise<void>,
  ): Promise<{ tokens: readonly string[]; failure?: unknown }> {
    const client = new ObservedClient({ address: server.node.address, ca: server.node.ca });
    const failure: unknown = await initializeServer(client, {
      keys: { shares: 2, threshold: 2 },
      deployment: exampleDeployment(),
      receiver: { keyShares: () => Promise.resolve(), operator },
      auditFile: server.node.configuration.auditFilePath,
      unsealTimeoutMs: UNSEAL_LIMIT_MS,
      report: () => undefined,
    }).then(
      () => undefined,
      (error: unknown) => error,
    );
    return { tokens: client.tokens, failure };
  }

  it('the server has no root token after init, with a seal that opens by itself', async () => {
    await using server = await ProductionNodes.start({ seal: 'auto' });
    const { tokens, failure } = await prepared(server, () => Promise.resolve());
    expect(failure).toBeUndefined();
    expect(tokens).toHaveLength(1);
    await expect(statusOf(server.node.client(tokens[0]).read('auth/token/lookup-self', anything))).resolves.toBe(403);
  });

  it('the server has no root token after a failed init, and the error names the next command', async () => {
    await using server = await ProductionNodes.start({ seal: 'auto' });
    const written: string[] = [];
    const { tokens, failure } = await prepared(server, () => {
      written.push('login');
      return written.length > 1 ? Promise.reject(new Error('the disk is full')) : Promise.resolve();
    });
    expect(String(failure)).toContain(
      'the disk is full. The key shares are written. Unseal the server if it was restarted, then run "npx --no-install webex-token-vault operators update --rotate"',
    );
    await expect(statusOf(server.node.client(tokens[0]).read('auth/token/lookup-self', anything))).resolves.toBe(403);
  });
});
