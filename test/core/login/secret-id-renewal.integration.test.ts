import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { AppRoleLogin, loginAppRole, VaultConnection, type AppRoleLoginOptions } from '#core';
import { TokenSource, type TokenSourceSettings } from 'webex-token-client';
import { disposedAfterEach } from '../../fixtures/runs/disposal';
import { bundle } from '../../fixtures/packages/bundle';
import { LossyProxy } from '../../fixtures/loopback/lossy-proxy';
import { eventually } from '../../../rehearsal/eventually';
import { NOT_ROOT, testUnless } from '../../fixtures/runs/left-out';
import { LongTimers } from '../../fixtures/clocks/long-timers';
import { loginAnswer, ScriptedVault } from '../../fixtures/loopback/scripted-vault';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';
import { run, type FinishedCommand } from '../../../lib/processes/child-process';
import { WrittenVault } from '../../../rehearsal/written-vault';

/** Lifetime of the role's secret ids. */
const LONG_SECONDS = 36_000;
/** After this time a secret id of the role is near its expiry. */
const NEAR_END_MS = LONG_SECONDS * 750;

const secretIdReply = z.object({ data: z.object({ secret_id: z.string() }) });

/** The bundle of the core and the client's command, for other processes. */
let client: string;
const clientFolder = temporaryFolder();
let vault: WrittenVault;
let folder: string;
let file: string;
let roleId: string;
let warnings: string[];
const keep = disposedAfterEach();

beforeAll(async () => {
  client = bundle(['core/src/index.ts', 'client/src/command/webex-token.ts'], clientFolder);
  vault = await WrittenVault.start({
    apps: [
      { name: 'people-me', reads: ['testauth'], renewsSecretId: true },
      { name: 'not-renewing', reads: ['testauth'] },
    ],
  });
  await vault.authorize();
  roleId = (await vault.appLogin('people-me')).roleId;
  await vault.admin.write('auth/approle/role/people-me/secret-id-ttl', { secret_id_ttl: LONG_SECONDS });
});
afterAll(() => vault[Symbol.asyncDispose]());

beforeEach(() => {
  folder = temporaryFolder();
  file = join(folder, 'secret-id');
  warnings = [];
});
afterEach(() => jest.restoreAllMocks());

async function issued(limits: object, app = 'people-me'): Promise<string> {
  return (await vault.admin.write(`auth/approle/role/${app}/secret-id`, limits, secretIdReply)).data.secret_id;
}

/** Writes a secret id with less than a third of its lifetime left. */
async function nearItsEnd(app?: string): Promise<string> {
  const secretId = await issued({}, app);
  await fs.writeFile(file, `${secretId}\n`, { mode: 0o600 });
  moveNearItsEnd();
  return secretId;
}

function moveNearItsEnd(): void {
  const { now } = Date;
  jest.spyOn(Date, 'now').mockImplementation(() => now() + NEAR_END_MS);
}

/**
 * Writes a secret id that is near its expiry at a later clock. {@link webexToken} or {@link moveNearItsEnd} sets that
 * clock.
 */
async function soonNearItsEnd(): Promise<string> {
  const secretId = await issued({});
  await fs.writeFile(file, `${secretId}\n`, { mode: 0o600 });
  return secretId;
}

function source(options: Partial<TokenSourceSettings & AppRoleLoginOptions> = {}): TokenSource {
  return keep(
    new TokenSource({
      address: vault.server.address,
      credential: 'testauth',
      roleId,
      secretIdFile: file,
      renewSecretId: true,
      onWarning: (warning) => warnings.push(warning),
      ...options,
    }),
  );
}

async function content(): Promise<string> {
  return (await fs.readFile(file, 'utf8')).trim();
}

async function accessors(app = 'people-me'): Promise<string[]> {
  return vault.admin.list(`auth/approle/role/${app}/secret-id`);
}

async function isGood(secretId: string): Promise<boolean> {
  return loginAppRole(vault.admin.connection, { roleId, secretId }).then(
    () => true,
    () => false,
  );
}

/** Expects another valid secret id in the file, and no other file in the folder. */
async function expectRenewed(before: string): Promise<void> {
  const after = await content();
  expect(after).not.toBe(before);
  expect(await isGood(after)).toBe(true);
  expect(await fs.readdir(folder)).toEqual(['secret-id']);
}

/** No output and no log of Vault contains the secret ids. */
function expectUntold(secretIds: readonly string[], ...told: readonly string[]): void {
  const everything = [...told, vault.server.log].join('\n');
  secretIds.forEach((secretId) => {
    expect(secretId.length).toBeGreaterThan(20);
    expect(everything.includes(secretId)).toBe(false);
  });
}

describe('a secret id near its end', () => {
  it('the source replaces a secret id near its expiry in its file and lets the old one expire', async () => {
    const before = await nearItsEnd();
    expect((await source().token()).accessToken).not.toBe('');
    expect(await isGood(before)).toBe(true);
    await expectRenewed(before);
    expect(warnings).toEqual([]);
    expect(await fs.readFile(file, 'utf8')).toBe(`${await content()}\n`);
    const lookup = z.object({ data: z.object({ secret_id_ttl: z.number() }) });
    const request = { secret_id: await content() };
    const { data } = await vault.admin.write('auth/approle/role/people-me/secret-id/lookup', request, lookup);
    expect(data.secret_id_ttl).toBe(LONG_SECONDS);
    expectUntold([before, await content()], ...warnings);
  });

  it.each([
    ['600', '600'],
    ['400', '400'],
    ['640', '640'],
    ['644', '640'],
  ])('the source replaces a file of mode %s by one of mode %s', async (mode, expected) => {
    const before = await nearItsEnd();
    await fs.chmod(file, Number.parseInt(mode, 8));
    await source().token();
    await expectRenewed(before);
    expect(((await fs.stat(file)).mode & 0o777).toString(8)).toBe(expected);
  });

  it('the source keeps the file if a link points to it', async () => {
    const before = await nearItsEnd();
    const link = join(folder, 'link');
    await fs.symlink(file, link);
    await source({ secretIdFile: link }).token();
    expect((await fs.lstat(link)).isSymbolicLink()).toBe(true);
    await fs.rm(link);
    await expectRenewed(before);
  });

  testUnless(NOT_ROOT)("the source keeps the file's owner if root renews the secret id", async () => {
    const before = await nearItsEnd();
    await fs.chown(file, 12345, 23456);
    await source().token();
    await expectRenewed(before);
    expect(await fs.stat(file)).toMatchObject({ uid: 12345, gid: 23456 });
  });

  it('several sources renew a secret id at once, and each keeps reading', async () => {
    const before = await nearItsEnd();
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => source().token()));
    expect(outcomes.map(({ accessToken }) => accessToken)).not.toContain('');
    await expectRenewed(before);
    expect(warnings).toEqual([]);
    await expect(source().token()).resolves.toMatchObject({ tokenType: 'Bearer' });
  });

  it('the source renews its secret id even if nobody asks for a token', async () => {
    const before = await soonNearItsEnd();
    await using proxy = await LossyProxy.start(vault.server.address);
    using timers = new LongTimers();
    await source({ address: proxy.address }).token();
    expect(await content()).toBe(before);
    moveNearItsEnd();
    timers.fire();
    await eventually(async () => (await content()) !== before || undefined);
    await expectRenewed(before);
    expect(warnings).toEqual([]);
    await eventually(() => proxy.requests.at(-1) === 'PUT auth/token/revoke-self' || undefined);
  });

  it('two commands renew a secret id at once without printing it', async () => {
    const before = await soonNearItsEnd();
    const renewing = { VAULT_RENEW_SECRET_ID: 'true' };
    const commands = await Promise.all([webexToken(renewing), webexToken(renewing)]);
    await expectRenewed(before);
    for (const { exitCode, stdout, stderr, argv } of commands) {
      expect([exitCode, stderr]).toEqual([0, '']);
      expectUntold([before, await content()], stdout, stderr, argv);
    }
  });

  it('the command leaves the secret id alone if renewal is not enabled', async () => {
    const before = await soonNearItsEnd();
    expect(await webexToken()).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await content()).toBe(before);
  });
});

describe('a secret id that need not be renewed', () => {
  it.each([
    ['has most of its life before it', { ttl: LONG_SECONDS }],
    ['does not expire', { ttl: 0 }],
  ])('the source keeps a secret id that %s', async (_, limits) => {
    await vault.admin.write('auth/approle/role/people-me/secret-id-ttl', { secret_id_ttl: 0 });
    await fs.writeFile(file, await issued(limits));
    const before = [await content(), (await fs.stat(file)).ino, await accessors()];
    await source().token();
    expect([await content(), (await fs.stat(file)).ino, await accessors()]).toEqual(before);
    expect(warnings).toEqual([]);
    await vault.admin.write('auth/approle/role/people-me/secret-id-ttl', { secret_id_ttl: LONG_SECONDS });
  });
});

describe('a secret id that cannot be renewed', () => {
  const refused = (code: string): Error => Object.assign(new Error(`${code}: x`), { code });

  async function expectWarning(read: () => Promise<unknown>, text: string, app?: string): Promise<void> {
    const secretId = await content();
    const before = await accessors(app);
    await read();
    expect(warnings).toEqual([expect.stringContaining(text)]);
    expect(warnings[0]).not.toContain('\n');
    expect(await content()).toBe(secretId);
    expect(await fs.readdir(folder)).toEqual(['secret-id']);
    expect((await accessors(app)).sort()).toEqual(before.sort());
    expectUntold([secretId], ...warnings);
  }

  it('the source warns that the app is not declared with renewsSecretId, and reads the token without a new secret id', async () => {
    const renewingRoleId = roleId;
    ({ roleId } = await vault.appLogin('not-renewing'));
    await nearItsEnd('not-renewing');
    const text = `the secret id in ${file} cannot be renewed: this app may not (403 at auth/approle/role/not-renewing); declare it with renewsSecretId and deploy`;
    await expectWarning(() => source().token(), text, 'not-renewing');
    roleId = renewingRoleId;
  });

  it.each([
    ['the file system is read-only', 'open', 'EROFS', 'the file cannot be replaced (EROFS); let this program write in'],
    ['the file is its own mount', 'rename', 'EBUSY', '(EBUSY); mount the folder that it is in instead'],
  ] as const)('the source warns that %s, and reads the token without a new secret id', async (_, call, code, text) => {
    await nearItsEnd();
    jest.spyOn(fs, call).mockRejectedValue(refused(code));
    await expectWarning(() => source().token(), text);
  });

  it('the source warns that the file cannot return to its owner, and reads the token without a new secret id', async () => {
    await nearItsEnd();
    const { uid, gid } = await fs.stat(file);
    jest.spyOn(fs, 'stat').mockResolvedValue({ uid: uid + 1, gid, mode: 0o600 } as never);
    const probe = await fs.open(file);
    jest.spyOn(Object.getPrototypeOf(probe) as fs.FileHandle, 'chown').mockRejectedValue(refused('EPERM'));
    await probe.close();
    await expectWarning(() => source().token(), 'the file cannot be replaced (EPERM)');
  });
});

it('the source keeps the old secret id if it cannot write the new one', async () => {
  const before = await nearItsEnd();
  const { rename } = fs;
  jest
    .spyOn(fs, 'rename')
    .mockImplementationOnce((from, to) => rename(from, to))
    .mockRejectedValue(Object.assign(new Error('ENOSPC: x'), { code: 'ENOSPC' }));
  await source().token();
  expect(warnings).toEqual([expect.stringContaining('the file cannot be replaced (ENOSPC)')]);
  expect([await content(), await isGood(before)]).toEqual([before, true]);
  expect(await fs.readdir(folder)).toEqual(['secret-id']);
});

it('the source keeps a secret id that someone else has put into the file meanwhile', async () => {
  const before = await nearItsEnd();
  const other = await issued({});
  await using login = new AppRoleLogin(new VaultConnection({ address: vault.server.address }), {
    roleId,
    secretIdFile: file,
    renewSecretId: true,
  });
  const open = jest.spyOn(fs, 'realpath').mockImplementationOnce(async (path) => {
    await fs.writeFile(file, other);
    return String(path);
  });
  await login.vault();
  expect(open).toHaveBeenCalledTimes(1);
  expect(await content()).toBe(other);
  expect(before).not.toBe(other);
});

it('a killed process leaves a complete secret id', async () => {
  await using scripted = await ScriptedVault.start();
  const secretIds = Array.from({ length: 400 }, (_, index) => `secret-id-${index}-`.padEnd(200_000, 'x'));
  const { body } = loginAnswer('s.login');
  const auth = { ...(body as { auth: object }).auth, metadata: { role_name: 'people-me' } };
  scripted.answer('auth/approle/login', { body: { auth } });
  const [now, day] = [Date.now(), 24 * 3_600_000];
  const lookup = { creation_time: new Date(now - 9 * day), expiration_time: new Date(now + day) };
  scripted.answer('auth/approle/role/people-me/secret-id/lookup', { body: { data: lookup } });
  await fs.writeFile(file, secretIds[0] ?? '');
  const program = `const client = require(${JSON.stringify(client)}); void (async () => {
    for (;;) {
      const options = { roleId: 'r', secretIdFile: process.env.FILE, renewSecretId: true, onWarning: console.error };
      await new client.AppRoleLogin(new client.VaultConnection({ address: process.env.ADDRESS }), options).vault();
    }
  })();`;
  const seen = new Set<string>();
  for (let round = 0; round < 8; round++) {
    scripted.answer(
      'auth/approle/role/people-me/secret-id',
      // Each round has other secret ids. A busy machine can end each process at the same point.
      ...secretIds.slice(50 * round).map((secret_id) => ({ body: { data: { secret_id, secret_id_ttl: 864_000 } } })),
    );
    const env = { PATH: process.env.PATH, FILE: file, ADDRESS: scripted.address };
    const child = spawn(process.execPath, ['-e', program], { env, stdio: 'ignore' });
    const started = scripted.requests.length;
    await eventually(() => scripted.requests.length > started + 9 || undefined);
    await sleep(Math.random() * 40);
    child.kill('SIGKILL');
    await once(child, 'close');
    const left = await fs.readFile(file, 'utf8');
    expect(secretIds.includes(left)).toBe(true);
    seen.add(left);
  }
  expect(seen.size).toBeGreaterThan(1);
});

it('the constructor requires a file for renewal', () => {
  expect(() => source({ secretIdFile: undefined, secretId: 'x' })).toThrow('renewSecretId goes with secretIdFile');
});

/** webex-token in a process with a later clock. */
async function webexToken(more: Readonly<Record<string, string>> = {}): Promise<FinishedCommand & { argv: string }> {
  const main = `const { now } = Date;
    Date.now = () => now() + ${NEAR_END_MS};
    require(${JSON.stringify(client)}).main(['testauth'], () => '0')`;
  const argv = ['-e', main];
  const env = { VAULT_ADDR: vault.server.address, VAULT_ROLE_ID: roleId, VAULT_SECRET_ID_FILE: file };
  const ended = await run(process.execPath, argv, { env: { PATH: process.env.PATH, ...env, ...more } });
  return { ...ended, argv: argv.join(' ') };
}
