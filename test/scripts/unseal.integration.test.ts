import { chmod } from 'node:fs/promises';
import { OperatedVault } from '../fixtures/worlds/operated-vault';

let operated: OperatedVault;
let shares: string[];

beforeAll(async () => {
  operated = await OperatedVault.start();
  const early = await operated.run('unseal', operated.keys);
  expect(early.stderr).toMatch(
    /^error: \S+ is not initialized, so it has no key yet; run "npx --no-install webex-token-vault init" first\n$/,
  );
  expect(early.exitCode).toBe(1);
  await operated.init();
  shares = await operated.keyShares();
});
afterAll(() => operated[Symbol.asyncDispose]());

/** A restart seals the server, and clears the shares that it has. */
beforeEach(async () => {
  await operated.server.node.stop();
  await operated.server.node.start();
  await expect(sealStatus()).resolves.toMatchObject({ sealed: true, progress: 0 });
});

function sealStatus(): Promise<{ sealed: boolean; progress: number }> {
  return operated.server.node.client().sealStatus();
}

function some(...numbers: number[]): string[] {
  return numbers.map((number) => shares[number - 1] ?? '');
}

test('unseal uses as many key shares of a folder as needed, and reports each step', async () => {
  const { exitCode, stdout, stderr } = await operated.run('unseal', operated.keys);
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
  expect(stderr).toBe(
    `1 of 3 key shares\n2 of 3 key shares\n3 of 3 key shares\n${operated.server.node.address} is unsealed\n`,
  );
  await expect(sealStatus()).resolves.toMatchObject({ sealed: false });

  const again = await operated.run('unseal', operated.keys);
  expect(again).toMatchObject({ exitCode: 0, stderr: `${operated.server.node.address} is unsealed already\n` });
});

test('unseal takes shares one after the other, from standard input or files', async () => {
  const first = await operated.runWith('unseal', [], some(4));
  expect(first.exitCode).toBe(1);
  expect(first.stderr).toMatch(
    /^1 of 3 key shares\nerror: .* still sealed, with 1 of the 3 key shares that it needs; give 2 more by --key-shares FOLDER, by --share-file FILE, one a line on standard input, or unseen on a terminal; .*\n$/,
  );
  const twice = await operated.runWith('unseal', [], some(4));
  expect(twice.stderr).toContain('the server had this key share already');
  await expect(sealStatus()).resolves.toMatchObject({ progress: 1 });
  const [file = ''] = await operated.writeShares('second', some(5));
  await operated.run('unseal', ['--share-file', file]);
  const last = await operated.runWith('unseal', [], some(2));
  expect(last).toMatchObject({ exitCode: 0 });
  expect(last.stderr).toContain('the server has 2 of 3 key shares already');
  await expect(sealStatus()).resolves.toMatchObject({ sealed: false });
});

test('unseal reports a wrong share in one line after the last one, and then starts over', async () => {
  const wrong = Buffer.alloc(33, 9).toString('base64');
  const given = [...some(1), wrong, ...some(2)];
  const { exitCode, stderr } = await operated.runWith('unseal', [], given);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /^1 of 3 key shares\n2 of 3 key shares\nerror: the 3 key shares do not unseal this server: at least one .* so give 3 right ones\n$/,
  );
  expect(given.filter((share) => stderr.includes(share))).toEqual([]);
  await expect(sealStatus()).resolves.toMatchObject({ sealed: true, progress: 0 });
  await expect(operated.runWith('unseal', [], some(1, 2, 3))).resolves.toMatchObject({ exitCode: 0 });
});

test('unseal reports a share of another length after the last one too', async () => {
  const { exitCode, stderr } = await operated.runWith(
    'unseal',
    [],
    [...some(1, 2), Buffer.alloc(30).toString('base64')],
  );
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/error: the 3 key shares do not unseal this server: .+\n$/);
});

test('unseal does not send input that is not a key share', async () => {
  const { exitCode, stderr } = await operated.runWith('unseal', [], ['open sesame']);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^error: standard input must contain one key share, .+\n$/);
  expect(stderr).not.toContain('sesame');
  const [file = ''] = await operated.writeShares('loose', some(1));
  await chmod(file, 0o644);
  const loose = await operated.run('unseal', ['--share-file', file]);
  expect(loose.stderr).toMatch(/^error: the key share \S+ must be private to its owner, got mode 0644; .+\n$/);
  await expect(sealStatus()).resolves.toMatchObject({ progress: 0 });
});

test('unseal says that the server speaks TLS, or that its CA is not trusted', async () => {
  const plain = await operated.run('unseal', operated.keys, {
    VAULT_ADDR: operated.server.node.address.replace('https', 'http'),
  });
  expect(plain.stderr).toMatch(/^error: .* that server speaks TLS only; use https in VAULT_ADDR\n$/);
  const untrusted = await operated.run('unseal', operated.keys, {
    VAULT_CACERT: '',
    VAULT_SKIP_VERIFY: 'true',
  });
  expect(untrusted.exitCode).toBe(1);
  expect(untrusted.stderr).toContain('its certificate is from a CA that is not trusted here; set VAULT_CACERT');
  await expect(sealStatus()).resolves.toMatchObject({ sealed: true, progress: 0 });
});
