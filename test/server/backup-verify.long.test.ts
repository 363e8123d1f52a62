import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { findServer } from '../../rehearsal/server/server-binary';
import { BACKUP_RECORD } from '../../lib/declaration/schema/record-paths';
import { readKeyShares } from '../../lib/operators/key-shares';
import { findServerProgram } from '../../lib/processes/server-program';
import { saveSnapshot } from '../../lib/server/snapshots/raft-snapshot';
import { grantPath, storedGrant, type KeptGrant } from '../../lib/server/snapshots/stored-grant';
import { THROW_AWAY_FOLDER, withSnapshot } from '../../lib/server/snapshots/throw-away-server';
import type { VaultClient } from '../../lib/vault/vault-client';
import { isOnVault } from '../../rehearsal/server/is-on-vault';
import { backupRecordSchema, type BackupRecord } from '../../lib/vault/records/backup-record';
import { Records } from '../../lib/vault/records/record-store';
import { eventually } from '../../rehearsal/eventually';
import { OperatedVault } from '../fixtures/worlds/operated-vault';
import { Script, type ScriptResult } from '../fixtures/programs/script';

let operated: OperatedVault;
let snapshot: string;
/** Folder of the throw-away servers. */
let temporary: string;
let environment: Record<string, string>;

beforeAll(async () => {
  operated = await OperatedVault.start();
  temporary = operated.path('tmp');
  await mkdir(temporary);
  environment = { REHEARSAL_SERVER: await findServer(), TMPDIR: temporary };
  await operated.init();
  await operated.deploy();
  // The grant is due at once, because the engine refreshes seven days before expiry.
  operated.engine.webex.behavior = { ...operated.engine.webex.behavior, accessTokenTtlSeconds: 600 };
  await operated.authorize();
  snapshot = operated.path('first.snap');
});
afterAll(() => operated[Symbol.asyncDispose]());

function create(file: string): Promise<ScriptResult> {
  return operated.operate('backup create', file);
}

function verify(args: readonly string[], env: Record<string, string> = {}): Promise<ScriptResult> {
  return operated.run('backup verify', args, { ...environment, ...env });
}

/** Verifies at an address without a server. */
function verifyElsewhere(file: string, ...args: string[]): Promise<ScriptResult> {
  return verify([file, ...operated.keys, ...args], { VAULT_ADDR: 'https://127.0.0.1:1' });
}

describe('webex-token-vault backup verify', () => {
  it('backup verify finds and records each grant of the last backup, without requests to Webex or leftover files', async () => {
    const { webex, issued, clientSecret } = operated.engine;
    const asked = webex.requests.length;
    const { stdout: created } = await create(snapshot);
    expect(created).toMatch(/^[0-9a-f]{64} {2}\S+first\.snap\n$/);
    await expect(lastBackup()).resolves.toMatchObject({ sha256: created.split(' ')[0], verifiedAt: null });
    const made = await verify([snapshot, '--operators', operated.operators, ...operated.keys]);
    expect(made.stdout).toMatch(
      /^[0-9a-f]{64} {2}\S+first\.snap\ntestauth: present, with a refresh token, issued at \S+Z, expires at \S+Z\n$/,
    );
    expect(made.stderr).toMatch(
      /^\d+ bytes, checked\nverifying it with \S+ \S+\nrestored into a throw-away server\nopened\nverified: .+\n$/,
    );
    expect(made.exitCode).toBe(0);
    const { takenAt, verifiedAt, ...noted } = await lastBackup();
    expect(noted).toEqual({ sha256: made.stdout.split(' ')[0], bytes: (await stat(snapshot)).size });
    expect(verifiedAt?.getTime()).toBeGreaterThan(takenAt.getTime());
    const audited = await operated.server.auditLog;
    const again = await verifyElsewhere(snapshot, '--operators', operated.operators, '--json');
    expect(again.stderr).toMatch(/\nnotice: this verification is not recorded, .+: no answer from Vault at .+\n$/);
    expect(JSON.parse(again.stdout)).toMatchObject({
      file: snapshot,
      sha256: made.stdout.split(' ')[0],
      credentials: [{ name: 'testauth', state: 'present', has_refresh_token: true, is_refused: false }],
    });
    expect(again.exitCode).toBe(0);
    expect(webex.requests.length).toBe(asked);
    await expect(operated.server.auditLog).resolves.toBe(audited);
    await expect(throwAwayFolders()).resolves.toEqual([]);
    const said = [made, again].map(({ stdout, stderr }) => stdout + stderr).join('');
    expect([...issued, clientSecret, ...(await operated.keyShares())].filter((each) => said.includes(each))).toEqual(
      [],
    );
  });

  it('backup verify reports a declared credential without a grant, unless --allow-absent names it', async () => {
    const { credentials } = operated.deployment;
    const [testauth] = credentials;
    const absent = ['later', 'never'].map((name) => ({ ...testauth, name }) as (typeof credentials)[number]);
    operated.declare({ credentials: [...credentials, ...absent] });
    try {
      const { exitCode, stdout, stderr } = await verifyElsewhere(snapshot, '--allow-absent', 'later');
      expect(stdout).toMatch(/\ntestauth: present, .+\nlater: absent\nnever: absent\n$/);
      expect(stderr).toMatch(/\nerror: \S+first\.snap has no grant of "never"; .+ --allow-absent never\n$/);
      expect(exitCode).toBe(1);
    } finally {
      operated.declare({ credentials });
    }
  });

  it('backup verify reports key shares of another server in one line, and records nothing', async () => {
    const others = Array.from({ length: 3 }, (_, index) => Buffer.alloc(33, index + 1).toString('base64'));
    const files = await operated.writeShares('others', others);
    const file = operated.path('kept.snap');
    await create(file);
    const args = [file, '--operators', operated.operators, '--share-file', ...files];
    const { exitCode, stdout, stderr } = await verify(args);
    expect(stderr).toMatch(
      /\nerror: the key shares make no recovery token: at least one of them is wrong or of another server; .+\n$/,
    );
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^[0-9a-f]{64} {2}\S+kept\.snap\n$/);
    expect((await stat(file)).size).toBeGreaterThan(0);
    await expect(lastBackup()).resolves.toMatchObject({ sha256: stdout.split(' ')[0], verifiedAt: null });
    await expect(throwAwayFolders()).resolves.toEqual([]);
  });

  it('backup verify reports a truncated file, and starts no server for it', async () => {
    const file = operated.path('short.snap');
    const whole = await readFile(snapshot);
    await writeFile(file, whole.subarray(0, whole.length / 2));
    const { exitCode, stdout, stderr } = await verifyElsewhere(file);
    expect(stderr).toMatch(/^error: \S+short\.snap is not a whole Raft snapshot: .+; use another backup\n$/);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  });

  it('backup verify reports that no server program is installed', async () => {
    const args = [snapshot, '--operators', operated.operators, ...operated.keys];
    const { exitCode, stderr } = await verify(args, { REHEARSAL_SERVER: '', PATH: operated.operators });
    expect(stderr).toMatch(
      /\nerror: no (?:bao or vault|bao|vault) is on PATH; install it, or name it with --program\n$/,
    );
    expect(exitCode).toBe(1);
  });

  it('backup verify records nothing for an older backup', async () => {
    await create(operated.path('newer.snap'));
    const before = await lastBackup();
    const { exitCode, stderr } = await verify([snapshot, '--operators', operated.operators, ...operated.keys]);
    expect(stderr).toMatch(/\nnotice: this verification is not recorded, .+: the server has another backup on record/);
    expect(exitCode).toBe(0);
    await expect(lastBackup()).resolves.toEqual(before);
  });

  it('backup verify removes its server and its folder after Ctrl-C', async () => {
    const args = [snapshot, ...operated.keys];
    const verifying = new Script('backup verify', args, { ...operated.environment, ...environment });
    await verifying.says(/verifying it with/);
    const folder = await eventually(async () => (await throwAwayFolders())[0]);
    await eventually(async () => (await commandLines()).includes(folder) || undefined);
    verifying.child.kill('SIGINT');
    const { exitCode, stderr } = await verifying.result();
    expect(stderr).toMatch(/interrupted/);
    expect(exitCode).toBe(130);
    await expect(throwAwayFolders()).resolves.toEqual([]);
    await expect(commandLines()).resolves.not.toContain(folder);
  });
});

/** Grants that no engine writes, in the storage format of the real engine. */
describe('the storage of a snapshot', () => {
  it('the verification tells the states of credentials, in the namespace of the deployment', async () => {
    const file = operated.path('stored.snap');
    const entry = { access_token: 'a'.repeat(20), expiry: '2026-12-09T13:55:19.239499433Z' };
    await operated.asRoot(async (root) => {
      for (const client of isOnVault ? [root] : [root, await namespaceBelow(root)]) {
        await client.write('sys/mounts/stored', { type: 'kv' });
        await client.write(`stored/${grantPath('short')}`, { ...entry, last_issue_time: '0001-01-01T00:00:00Z' });
      }
      await root.write(`stored/${grantPath('torn')}`, { ...entry, access_token: '', refresh_token: 'secret' });
      const refused = { ...entry, refresh_token: 'secret', user_error: 'invalid_grant' };
      await root.write(`stored/${grantPath('refused')}`, refused);
      await saveSnapshot(root.connection, file);
    });
    const program = await findServerProgram(await findServer());
    const keyShares = readKeyShares({ keyShares: operated.operators });
    await withSnapshot({ program, file, keyShares, report: () => undefined }, async (storage) => {
      const grants = async (names: readonly string[], namespace?: string): Promise<KeptGrant[]> => {
        const mount = await storage.mountStorage('stored', 'kv', namespace);
        return Promise.all(names.map((name) => storedGrant(storage, mount, name)));
      };
      const expireTime = new Date('2026-12-09T13:55:19.239Z');
      const present = { state: 'present', issueTime: undefined, expireTime };
      await expect(grants(['short', 'torn', 'refused', 'never'])).resolves.toEqual([
        { ...present, hasRefreshToken: false, isRefused: false },
        { state: 'damaged', problem: 'access_token is missing or malformed' },
        { ...present, hasRefreshToken: true, isRefused: true },
        { state: 'absent' },
      ]);
      if (!isOnVault) {
        await expect(grants(['short', 'torn'], 'team/webex')).resolves.toMatchObject([
          { state: 'present' },
          { state: 'absent' },
        ]);
        await expect(grants([], 'team')).rejects.toThrow(
          /^the snapshot has nothing mounted at "stored" in namespace "team", instead of the engine "kv"\. /,
        );
        await expect(grants([], 'other')).rejects.toThrow(/^the snapshot has no namespace "other": /);
      }
    });
  });

  /** HashiCorp Vault has namespaces only in its Enterprise edition. */
  async function namespaceBelow(root: VaultClient): Promise<VaultClient> {
    await root.write('sys/namespaces/team', {});
    await root.withNamespace('team').write('sys/namespaces/webex', {});
    return root.withNamespace('team/webex');
  }
});

async function lastBackup(): Promise<BackupRecord> {
  const { value } = await operated.asRoot((root) =>
    new Records(root, operated.deployment.engine.recordsPath).read(BACKUP_RECORD, backupRecordSchema),
  );
  if (value === undefined) {
    throw new Error('there is no record of a backup');
  }
  return value;
}

async function throwAwayFolders(): Promise<string[]> {
  return (await readdir(temporary)).filter((name) => name.startsWith(THROW_AWAY_FOLDER));
}

/** Command lines of all processes. */
async function commandLines(): Promise<string> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => ''));
  return (await Promise.all(lines)).join('\n');
}
