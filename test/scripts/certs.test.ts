import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScript } from '../fixtures/script';

// Each command is a process of its own, and the machine may be busy.
jest.setTimeout(60_000);

describe('npx webex-token-vault certs', () => {
  let home: string;
  let folder: string;

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'certs-'));
    folder = join(home, 'tls');
  });

  afterEach(() => rmSync(home, { recursive: true }));

  it('says what it made and how clients trust it, and makes nothing twice', async () => {
    const first = await runScript('certs', ['node-1', '--folder', folder]);
    expect(first).toMatchObject({ exitCode: 0 });
    expect(first.stdout).toMatch(/^created .*ca\.pem {2}ca, until .*\ncreated .*server\.pem {2}node-1, until .*\n$/);
    expect(first.stderr).toBe(`Clients trust the servers by: export VAULT_CACERT=${join(folder, 'ca', 'ca.pem')}\n`);

    const second = await runScript('certs', ['--folder', folder]);
    expect(second.stdout).toBe(first.stdout.replaceAll('created', 'kept   '));
  });

  it('renews the servers that it knows', async () => {
    await runScript('certs', ['node-1', 'node-2', '--folder', folder]);
    const { stdout } = await runScript('certs', ['--folder', folder, '--renew', '--json']);
    expect(JSON.parse(stdout)).toMatchObject([
      { name: 'ca', action: 'kept' },
      { name: 'node-1', action: 'renewed', certFile: join(folder, 'node-1', 'server.pem') },
      { name: 'node-2', action: 'renewed' },
    ]);
  });

  it.each([
    [['--owner', 'openbao'], 2, /It must be two numbers, like "100:1000", got "openbao"\.\n$/],
    [['--ca-days', '999999999'], 2, /It must be at most 1000000, got 999999999\.\n$/],
    [['--days', '0'], 2, /It must be a whole number of at least 1, got "0"\.\n$/],
    [['10.0.0.1'], 1, /^error: "10\.0\.0\.1" must be a host name; give an IP address with --ip\n$/],
  ])('refuses %j and makes nothing', async (args, exitCode, message) => {
    const refused = await runScript('certs', [...args, '--folder', folder]);
    expect(refused).toMatchObject({ exitCode, stdout: '' });
    expect(refused.stderr).toMatch(message);
    expect(readdirSync(home)).toEqual([]);
  });
});
