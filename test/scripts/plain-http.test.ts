import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../fixtures/programs/command-run';

/* A remote Vault with a plain HTTP address. The commands send nothing, so the name is never resolved. */

const ADDRESS = 'http://vault.example.com:8200';
const NOWHERE = join(tmpdir(), 'no-such-folder', 'file');

const COMMANDS: readonly (readonly [command: string, ...args: string[]])[] = [
  ['authorize', 'testauth'],
  ['issue', 'people-me'],
  ['status'],
  ['backup', 'create', NOWHERE],
  ['revoke', 'testauth', '--yes'],
  ['token', 'observer'],
  ['init', '--operators', NOWHERE],
  ['unseal'],
  ['restore', NOWHERE, '--yes'],
];

it.each(COMMANDS)('the %s command refuses plain HTTP to another machine', async (command, ...args) => {
  const { exitCode, stdout, stderr } = await runCommand(command, args, { VAULT_ADDR: ADDRESS });
  expect(stderr).toBe(
    `error: ${ADDRESS} would get tokens and secret ids unencrypted over the network; use https in VAULT_ADDR, or set VAULT_ALLOW_HTTP=true if a service mesh encrypts\n`,
  );
  // A monitoring check reports UNKNOWN with code 3.
  expect({ exitCode, stdout }).toEqual({ exitCode: command === 'status' ? 3 : 1, stdout: '' });
});

it.each([
  ['init', ['--operators', NOWHERE]],
  ['unseal', []],
  ['restore', [NOWHERE, '--yes']],
])('the %s command refuses plain HTTP even with VAULT_ALLOW_HTTP', async (command, args) => {
  const environment = { VAULT_ADDR: ADDRESS, VAULT_ALLOW_HTTP: 'true' };
  const { exitCode, stdout, stderr } = await runCommand(command, args, environment);
  expect(stderr).toBe(
    `error: ${ADDRESS} would get tokens and secret ids unencrypted over the network; use https, because VAULT_ALLOW_HTTP does not apply to key shares and root tokens\n`,
  );
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
});
