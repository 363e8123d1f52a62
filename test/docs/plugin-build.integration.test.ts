import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { platformOf } from '../../lib/declaration/schema/platform';
import { cacheRoot } from '../../lib/files/cache-folder';
import { run } from '../../lib/processes/child-process';
import { PLUGIN_NAME } from '../../lib/plugin/plugin-recipe';
import { findOauthappPlugin } from '../../rehearsal/server/oauthapp-plugin';
import { sha256Of } from '../../release/plugin/checksums';
import { snippet } from '../fixtures/pages/code-block';
import { Typist, type Typing } from '../fixtures/pages/typist';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

/* The pages that get the plugin. */

test('the command of plugin/README.md builds the same bytes as plugin fetch', async () => {
  const folder = temporaryFolder();
  cpSync(join(PROJECT_FOLDER, 'plugin'), join(folder, 'plugin'), { recursive: true });
  const built = await run('bash', ['-e', '-c', snippet('plugin/README.md', 'build')], { cwd: folder });
  expect(built).toMatchObject({ exitCode: 0, stdout: '' });
  const fetched = await findOauthappPlugin(undefined, { env: { ...process.env, OAUTHAPP_PLUGIN: '' } });
  expect(await sha256Of(join(folder, 'plugins', PLUGIN_NAME))).toBe(await sha256Of(fetched));
});

test.each([
  ['README.md', (typist: Typist, instead: Typing) => typist.types('README.md', 'plugin', instead)],
  [
    'docs/tasks/deploy-to-an-existing-vault.md',
    (typist: Typist, instead: Typing) => typist.types('docs/tasks/deploy-to-an-existing-vault.md', 'fetch', instead),
  ],
])('%s gets the plugin into a folder', async (_, types) => {
  using typist = new Typist({ WEBEX_TOKEN_VAULT_CACHE: cacheRoot() });
  const output = join(typist.folder, 'plugins');
  const screen = await types(typist, { instead: { 'linux/x64': platformOf(process), './plugins': output } });
  expect(screen).toMatch(/\/plugins\/vault-plugin-secrets-oauthapp\s+The plugin for \S+ has sha256 [0-9a-f]{64}\./);
  expect(existsSync(join(output, PLUGIN_NAME))).toBe(true);
});
