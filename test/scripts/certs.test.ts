import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { deploymentInFile } from '../../rehearsal/written-deployment';
import { runCommand } from '../fixtures/programs/command-run';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

let home: string;
let folder: string;

beforeEach(() => {
  home = temporaryFolder();
  folder = join(home, 'tls');
});

it('certs prints the created files and how clients trust them, and keeps existing ones', async () => {
  const first = await runCommand('certs', ['node-1', '--folder', folder]);
  expect(first).toMatchObject({ exitCode: 0 });
  expect(first.stdout).toMatch(/^created .*ca\.pem {2}ca, until .*\ncreated .*server\.pem {2}node-1, until .*\n$/);
  expect(first.stderr).toBe(`Have clients trust the servers: export VAULT_CACERT=${join(folder, 'ca', 'ca.pem')}\n`);

  const second = await runCommand('certs', ['--folder', folder]);
  expect(second.stdout).toBe(first.stdout.replaceAll('created', 'kept   '));
});

it('certs makes one certificate for each declared node, with the names that reach it', async () => {
  const tls = { folder: `${folder}/{node}`, serverName: '{node}.vault.example' };
  const server = {
    mode: 'production',
    containerName: 'vault-of-mine',
    nodes: 3,
    bindAddress: '192.0.2.7',
    tls,
  } as const;
  const environment = deploymentInFile(home, exampleDeployment({ vault: { server } }));
  await runCommand('certs', ['another', '--folder', folder], environment);
  const { exitCode, stdout } = await runCommand('certs', ['--folder', folder, '--json'], environment);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject([
    { name: 'ca' },
    { name: 'another', action: 'kept' },
    { name: 'vault-of-mine-1' },
    { name: 'vault-of-mine-2' },
    { name: 'vault-of-mine-3' },
  ]);
  const names = (node: string): string | undefined =>
    new X509Certificate(readFileSync(join(folder, node, 'server.pem'))).subjectAltName;
  expect(names('vault-of-mine-2')).toMatch(
    /^DNS:vault-of-mine-2, DNS:localhost, DNS:vault-of-mine-2\.vault\.example, .*IP Address:192\.0\.2\.7$/,
  );
  expect(names('another')).not.toContain('vault.example');
});

it('certs refuses an invalid deployment, and a named deployment that is missing', async () => {
  writeFileSync(join(home, 'wrong.json'), '{ "vault": {} }');
  for (const [args, line] of [
    [['--deployment', join(home, 'wrong.json')], /^error: .*wrong\.json: line 1, column 3: vault must have /],
    [['--deployment', join(home, 'none.json')], /^error: there is no deployment file /],
  ] as const) {
    expect((await runCommand('certs', ['--folder', folder, ...args])).stderr).toMatch(line);
  }
  const alone = await runCommand('certs', ['--folder', folder], {}, home);
  expect(alone.stdout).toMatch(/^created .*\ncreated .* webex-token-vault, until/);
});

it('certs renews the servers that it knows', async () => {
  await runCommand('certs', ['node-1', 'node-2', '--folder', folder]);
  const { stdout } = await runCommand('certs', ['--folder', folder, '--renew', '--json']);
  expect(JSON.parse(stdout)).toMatchObject([
    { name: 'ca', action: 'kept' },
    { name: 'node-1', action: 'renewed', certFile: join(folder, 'node-1', 'server.pem') },
    { name: 'node-2', action: 'renewed' },
  ]);
});

it.each([
  [['--owner', 'openbao'], 2, /It must be two numbers, like "100:1000", got "openbao"\.\n$/],
  [['--ca-days', '999999999'], 2, /It must be a whole number from 1 to 1000000, got "999999999"\.\n$/],
  [['--days', '0'], 2, /It must be a whole number from 1 to 1000000, got "0"\.\n$/],
  [['10.0.0.1'], 1, /^error: "10\.0\.0\.1" must be a host name; give an IP address with --ip\n$/],
])('certs refuses %j and creates no certificate', async (args, exitCode, message) => {
  const refused = await runCommand('certs', [...args, '--folder', folder]);
  expect(refused).toMatchObject({ exitCode, stdout: '' });
  expect(refused.stderr).toMatch(message);
  expect(readdirSync(home)).toEqual([]);
});
