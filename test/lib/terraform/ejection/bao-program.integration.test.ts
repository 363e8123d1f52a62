import { appendFileSync, copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ENTRY_SECRET_ENVIRONMENT as ENTRY,
  PLUGIN_RELOAD_ENVIRONMENT as RELOAD,
} from '../../../../lib/declaration/command-environment';
import { declaredConfiguration } from '../../../../lib/declaration/derived/engine-configuration';
import { inspectPlugin, type PluginBinary } from '../../../../lib/declaration/files/plugin-binary';
import { run, type FinishedCommand } from '../../../../lib/processes/child-process';
import { baoProgram } from '../../../../lib/terraform/ejection/bao-program';
import { readRefreshing } from '../../../../lib/vault/engine-refreshing';
import { fieldsReply, mountReply } from '../../../../lib/vault/replies';
import { findOauthappPlugin } from '../../../../rehearsal/server/oauthapp-plugin';
import { OpenBaoServer } from '../../../../rehearsal/server/openbao';
import { findServer } from '../../../../rehearsal/server/server-binary';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';

/* The script that stands in for this program in provisioners. Server, engine and `bao` are real. */

const configuration = declaredConfiguration(exampleDeployment());

let folder: string;
let server: OpenBaoServer;
let bao: string;

beforeAll(async () => {
  folder = temporaryFolder();
  copyFileSync(await findOauthappPlugin(), join(folder, 'oauthapp'));
  // The same program with other bytes stands for an upgrade.
  copyFileSync(join(folder, 'oauthapp'), join(folder, 'oauthapp-next'));
  appendFileSync(join(folder, 'oauthapp-next'), 'next');
  bao = await findServer();
  server = await OpenBaoServer.start({ pluginDirectory: folder });
  await register('oauthapp');
  await server.admin.write('sys/mounts/kept', { type: 'kv' });
});
afterAll(() => server[Symbol.asyncDispose]());

async function register(file: string): Promise<PluginBinary> {
  const plugin = inspectPlugin({ name: 'oauthapp', manage: true, path: join(folder, file) }, folder);
  await server.admin.write('sys/plugins/catalog/secret/oauthapp', plugin);
  return plugin;
}

async function script(args: string, variables: NodeJS.ProcessEnv): Promise<FinishedCommand> {
  const file = join(temporaryFolder(), 'by-bao.sh');
  // Nobody refreshes here, so a pause needs no wait.
  writeFileSync(file, baoProgram(0));
  return run('sh', [file, ...args.split(' ')], {
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      BAO: bao,
      BAO_ADDR: 'http://127.0.0.1:1',
      VAULT_ADDR: server.address,
      VAULT_TOKEN: server.rootToken,
      ...variables,
    },
  });
}

function write(secret: string | undefined, step: 'check' | 'write' = 'write'): Promise<FinishedCommand> {
  return script(`internal write-entry ${step}`, {
    [ENTRY.of]: 'integration "webex-myapp"',
    [ENTRY.variable]: 'TF_VAR_webex_myapp_client_secret',
    [ENTRY.path]: 'kept/webex-myapp',
    [ENTRY.fields]: JSON.stringify({ provider_options: { token_url: 'https://webexapis.com/v1/access_token' } }),
    [ENTRY.secretField]: 'client_secret',
    ...(secret === undefined ? {} : { [ENTRY.secret]: secret }),
  });
}

it.each(['c0ffee', '-', '@file', 'a"b\\c$HOME%s'])(
  'the script writes the secret %s word for word beside all fields',
  async (secret) => {
    const { exitCode, stdout, stderr } = await write(secret);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).not.toContain('c0ffee');
    expect((await server.admin.read('kept/webex-myapp', fieldsReply)).data).toEqual({
      client_secret: secret,
      provider_options: { token_url: 'https://webexapis.com/v1/access_token' },
    });
  },
);

it.each([undefined, ''])('the check names the variable if the secret is %p', async (secret) => {
  const { exitCode, stderr } = await write(secret, 'check');
  expect(stderr).toBe(
    'error: the client secret of integration "webex-myapp" has to be written, and TF_VAR_webex_myapp_client_secret is not set; set it\n',
  );
  expect(exitCode).toBe(1);
});

it('the check passes with a secret', async () => {
  await expect(write('c0ffee', 'check')).resolves.toEqual({ exitCode: 0, stdout: '', stderr: '' });
});

it('a write that Vault refuses fails', async () => {
  const { exitCode, stderr } = await script('internal write-entry write', {
    [ENTRY.path]: 'nowhere/webex-myapp',
    [ENTRY.fields]: '{}',
    [ENTRY.secret]: 'c0ffee',
    [ENTRY.secretField]: 'client_secret',
  });
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain('no handler for route');
});

describe('a reload', () => {
  function reload(sha256: string, changes: NodeJS.ProcessEnv = {}): Promise<FinishedCommand> {
    return script('internal reload-plugin', {
      [RELOAD.mountPath]: 'oauthapp',
      [RELOAD.sha256]: sha256,
      [RELOAD.configuration]: JSON.stringify(configuration),
      ...changes,
    });
  }

  async function running(): Promise<string | undefined> {
    return (await server.admin.read('sys/mounts/oauthapp', mountReply)).data.running_sha256;
  }

  it('the script does nothing if there is no engine yet', async () => {
    await expect(reload('a'.repeat(64))).resolves.toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('the script starts the registered plugin, and refreshing continues as declared', async () => {
    await server.admin.write('sys/mounts/oauthapp', { type: 'oauthapp' });
    await server.admin.write('oauthapp/config', configuration);
    const { sha256 } = await register('oauthapp-next');
    expect(await running()).not.toBe(sha256);
    const { exitCode, stderr } = await reload(sha256);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(await running()).toBe(sha256);
    expect((await readRefreshing(server.admin, 'oauthapp')).checkIntervalSeconds).toBe(3600);
  });

  it('the script does nothing if the engine runs the plugin already', async () => {
    await expect(reload((await running()) ?? '')).resolves.toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('the script finds an engine that moves at its former path', async () => {
    const { sha256 } = await register('oauthapp');
    const { exitCode } = await reload(sha256, { [RELOAD.mountPath]: 'webex', [RELOAD.movedFrom]: 'oauthapp' });
    expect(exitCode).toBe(0);
    expect(await running()).toBe(sha256);
  });

  it('the script fails if it may not look, and changes nothing', async () => {
    const before = await running();
    const { exitCode, stderr } = await reload('a'.repeat(64), { VAULT_TOKEN: 'wrong' });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error: .*sys\/mounts\/oauthapp[^]*Code: 403/);
    expect(await running()).toBe(before);
  });
});

it('the script refuses an unknown command', async () => {
  const { exitCode, stderr } = await script('internal complete', {});
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: 'error: unknown command: internal complete\n' });
});
