import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cacheRoot } from '../../../lib/files/cache-folder';
import { run } from '../../../lib/processes/child-process';
import { findOauthappPlugin } from '../../../rehearsal/server/oauthapp-plugin';
import { CommandRun } from '../../fixtures/programs/command-run';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

const HERE = `${process.platform}/${process.arch}`;

function fetchPlugin(...args: readonly string[]) {
  return new CommandRun('plugin fetch', args, { WEBEX_TOKEN_VAULT_CACHE: cacheRoot() }, temporaryFolder()).result();
}

test('a clone prints the path of the plugin that it compiled, and says where an existing Vault needs it', async () => {
  const compiled = await findOauthappPlugin(undefined, { env: { ...process.env, OAUTHAPP_PLUGIN: '' } });
  const sha256 = createHash('sha256').update(readFileSync(compiled)).digest('hex');
  expect(await fetchPlugin('--platform', HERE)).toEqual({
    exitCode: 0,
    stdout: `${compiled}\n`,
    stderr: `The plugin for ${HERE} has sha256 ${sha256}. An existing Vault needs it in the plugin_directory of each node, as "vault-plugin-secrets-oauthapp", with mode 0755.\n`,
  });
});

test('a copy in a folder can be run', async () => {
  const folder = join(temporaryFolder(), 'for-nodes');
  const { stdout } = await fetchPlugin('--platform', HERE, '--output', folder);
  const copy = join(folder, 'vault-plugin-secrets-oauthapp');
  expect(stdout).toBe(`${copy}\n`);
  expect(statSync(copy).mode & 0o777).toBe(0o755);
  const started = await run(copy, []);
  expect(started.stdout + started.stderr).toContain('This binary is a plugin');
});

test.each([
  ['linux/amd64', 'did you mean "linux/x64"'],
  ['plan9/mips', 'use one of "linux/x64", '],
])('an unknown platform is wrong usage: %s', async (word, advice) => {
  const { exitCode, stderr } = await fetchPlugin('--platform', word);
  expect([exitCode, stderr.split('\n').length]).toEqual([2, 2]);
  expect(stderr).toContain(`It must be a platform such as "linux/x64", got "${word}"; ${advice}`);
});

test('a folder that cannot be written is named', async () => {
  const { exitCode, stderr } = await fetchPlugin('--platform', HERE, '--output', '/dev/null');
  expect([exitCode, existsSync('/dev/null/vault-plugin-secrets-oauthapp')]).toEqual([1, false]);
  expect(stderr).toContain('error: /dev/null/vault-plugin-secrets-oauthapp cannot be written (E');
});
