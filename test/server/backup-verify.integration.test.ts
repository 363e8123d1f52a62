import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { findServer } from '../../rehearsal/server/server-binary';
import { BACKUP_RECORD } from '../../lib/declaration/schema/record-paths';
import { THROW_AWAY_FOLDER } from '../../lib/server/snapshots/throw-away-server';
import { backupRecordSchema, type BackupRecord } from '../../lib/vault/records/backup-record';
import { Records } from '../../lib/vault/records/record-store';
import { eventually } from '../../rehearsal/eventually';
import { OperatedVault } from '../fixtures/worlds/operated-vault';
import { Script, type ScriptResult } from '../fixtures/programs/script';

let operated: OperatedVault;
let snapshot: string;
/** Where the throw-away servers are. */
let temporary: string;
let environment: Record<string, string>;

beforeAll(async () => {
  operated = await OperatedVault.start();
  temporary = operated.path('tmp');
  await mkdir(temporary);
  environment = { REHEARSAL_SERVER: await findServer(), TMPDIR: temporary };
  await operated.init();
  await operated.deploy();
  // Due at once: the engine refreshes seven days before the end.
  operated.engine.webex.behavior = { ...operated.engine.webex.behavior, accessTokenTtlSeconds: 600 };
  await operated.authorize();
  snapshot = operated.path('first.snap');
});
afterAll(() => operated[Symbol.asyncDispose]());

function create(file: string): Promise<ScriptResult> {
  return operated.run('backup create', [file, '--operators', operated.operators], environment);
}

function verify(args: readonly string[], env: Record<string, string> = {}): Promise<ScriptResult> {
  return operated.run('backup verify', args, { ...environment, ...env });
}

/** Without a login, at an address where no server answers. */
function verifyElsewhere(file: string, ...args: string[]): Promise<ScriptResult> {
  return verify([file, '--key-shares', operated.operators, ...args], { VAULT_ADDR: 'https://127.0.0.1:1' });
}

describe('webex-token-vault backup verify', () => {
  it('backup verify finds and records each grant of the last backup, without requests to Webex or leftover files', async () => {
    const { webex, issued, clientSecret } = operated.engine;
    const asked = webex.requests.length;
    const { stdout: created } = await create(snapshot);
    expect(created).toMatch(/^[0-9a-f]{64} {2}\S+first\.snap\n$/);
    await expect(lastBackup()).resolves.toMatchObject({ sha256: created.split(' ')[0], verifiedAt: null });
    const made = await verify([snapshot, '--operators', operated.operators, '--key-shares', operated.operators]);
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
    const again = await verifyElsewhere(snapshot, '--json');
    expect(again.stderr).toMatch(/\nnotice: this verification is not recorded, .+: there is no Vault token .+\n$/);
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
    const [testauth] = operated.deployment.credentials;
    const { credentials } = operated.deployment;
    operated.declare({ credentials: [...credentials, { ...testauth, name: 'later' } as (typeof credentials)[number]] });
    try {
      const refused = await verifyElsewhere(snapshot);
      expect(refused.stdout).toMatch(/\ntestauth: present, .+\nlater: absent\n$/);
      expect(refused.stderr).toMatch(/\nerror: \S+first\.snap has no grant of "later"; .+ --allow-absent later\n$/);
      expect(refused.exitCode).toBe(1);
      await expect(verifyElsewhere(snapshot, '--allow-absent', 'later')).resolves.toMatchObject({ exitCode: 0 });
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
      /\nerror: the key shares given make no recovery token: at least one of them is wrong or of another server; .+\n$/,
    );
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^[0-9a-f]{64} {2}\S+kept\.snap\n$/);
    expect((await stat(file)).size).toBeGreaterThan(0);
    await expect(lastBackup()).resolves.toMatchObject({ sha256: stdout.split(' ')[0], verifiedAt: null });
    await expect(throwAwayFolders()).resolves.toEqual([]);
  });

  it('backup verify reports that there are too few key shares', async () => {
    const files = await operated.writeShares('few', (await operated.keyShares()).slice(0, 2));
    const { exitCode, stderr } = await verify([snapshot, '--share-file', ...files]);
    expect(stderr).toMatch(
      /\nerror: 2 of 3 key shares were given, which is not enough; give 3 different ones by --key-shares FOLDER, by --share-file FILE, one a line on standard input, or unseen on a terminal\n$/,
    );
    expect(exitCode).toBe(1);
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
    const args = [snapshot, '--operators', operated.operators, '--key-shares', operated.operators];
    const { exitCode, stderr } = await verify(args, { REHEARSAL_SERVER: '', PATH: operated.operators });
    expect(stderr).toMatch(
      /\nerror: no (?:bao or vault|bao|vault) is on PATH; install one there, or name it with --program\n$/,
    );
    expect(exitCode).toBe(1);
  });

  it('backup verify succeeds with a notice if the recording server is unreachable', async () => {
    const { exitCode, stderr } = await verifyElsewhere(snapshot, '--operators', operated.operators);
    expect(stderr).toMatch(/\nnotice: this verification is not recorded, .+: no answer from Vault at .+\n$/);
    expect(exitCode).toBe(0);
  });

  it('backup verify records nothing for an older backup', async () => {
    await create(operated.path('newer.snap'));
    const before = await lastBackup();
    const { exitCode, stderr } = await verify([
      snapshot,
      '--operators',
      operated.operators,
      '--key-shares',
      operated.operators,
    ]);
    expect(stderr).toMatch(/\nnotice: this verification is not recorded, .+: the server has another backup on record/);
    expect(exitCode).toBe(0);
    await expect(lastBackup()).resolves.toEqual(before);
  });

  it('backup verify removes its server and its folder after Ctrl-C', async () => {
    const args = [snapshot, '--key-shares', operated.operators];
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

/** Of all processes. */
async function commandLines(): Promise<string> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => ''));
  return (await Promise.all(lines)).join('\n');
}
