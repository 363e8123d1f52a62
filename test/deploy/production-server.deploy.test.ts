import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCredential } from '#core';
import { readKeyShares } from '../../lib/operators/key-shares';
import { withRootToken } from '../../lib/server/keys/root-token';
import { raftReply } from '../../lib/vault/replies';
import { VaultClient } from '../../lib/vault/vault-client';
import { DeployedServer, succeeded } from '../fixtures/worlds/deployed-server';
import { docker, dockerLogs, dockerUnavailable } from '../fixtures/worlds/docker-engine';
import { eventually } from '../../rehearsal/eventually';
import { describeUnless } from '../fixtures/runs/left-out';
import { terraformUnavailable } from '../fixtures/worlds/terraform-providers';

/* The production server as a user deploys it: cdktf, Terraform, Docker, and the project's own commands. */

const unavailable = terraformUnavailable() ?? dockerUnavailable();

describeUnless(unavailable)('a production server of one node', () => {
  let server: DeployedServer;
  let container: string;

  beforeAll(async () => {
    server = await DeployedServer.prepare('one', 1);
    container = server.containers[0] ?? '';
    await server.deployServer();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const accessToken = async (): Promise<string> =>
    (await readCredential((await server.as('authorizer')).connection, 'oauthapp', 'testauth')).accessToken;

  /** Whether Webex accepts the engine's token. Undefined means not yet. */
  const works = async (): Promise<true | undefined> =>
    (await server.engine.isAccepted(await accessToken())) || undefined;

  test('the server starts before it is initialized, and the next plan is empty', async () => {
    await expect(server.client().sealStatus()).resolves.toMatchObject({ initialized: false, sealed: true });
    expect(await docker('inspect', container, '--format', '{{.State.Health.Status}}')).toBe('healthy');
    expect(await server.planServer()).toBe(0);
  });

  test('the server runs without privileges on a read-only root file system', async () => {
    const inside = (command: string): Promise<string> => docker('exec', container, 'sh', '-c', command);
    expect(await inside('id -u; id -g')).toBe('100\n1000');
    expect(
      await inside('grep -hE "^(CapPrm|CapEff|CapBnd|NoNewPrivs)" /proc/1/status | tr -d "[:alpha:]:\\n\\t"'),
    ).toBe(`${'0'.repeat(48)}1`);
    for (const file of ['/x', '/openbao/x', '/openbao/configuration/server.json', '/openbao/plugins/x']) {
      await expect(docker('exec', '--user', '0', container, 'touch', file)).rejects.toThrow('Read-only file system');
    }
    await expect(inside('touch /tmp/x /openbao/file/x /openbao/logs/x && rm /openbao/file/x')).resolves.toBe('');
    const limits =
      '{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{index .HostConfig.LogConfig.Config "max-size"}}';
    expect(await docker('inspect', container, '--format', limits)).toBe(`${2 ** 30} ${2 ** 30} 10m`);
  });

  test('the server speaks only TLS, and only clients that trust its CA connect', async () => {
    const [address = ''] = server.addresses;
    const plain = await fetch(`${address.replace('https', 'http')}/v1/sys/health`);
    expect([plain.status, await plain.text()]).toEqual([
      400,
      expect.stringContaining('HTTP request to an HTTPS server'),
    ]);
    await expect(new VaultClient({ address }).sealStatus()).rejects.toThrow('from a CA that is not trusted here');
  });

  test('the server is initialized, and the provisioner alone deploys webex-tokens', async () => {
    const { stderr } = succeeded(await server.script('init', ['--operators', server.operators]));
    expect(stderr).toContain('root token revoked');
    await server.deployTokens();
    await server.authorize();
    await expect(works()).resolves.toBe(true);
  });

  test('the states, the logs and the audit log contain no secret', async () => {
    const audit = await docker('exec', container, 'cat', '/openbao/logs/audit.log');
    expect(audit).toContain('oauthapp/creds/testauth');
    const states = readdirSync(server.folder).filter((name) => name.includes('.tfstate'));
    expect(states).toEqual(expect.arrayContaining(['vault-server.tfstate', 'webex-tokens.tfstate']));
    const everything = [
      audit,
      await dockerLogs(container),
      await docker('inspect', container, `${container}-configuration`),
      ...states.map((name) => readFileSync(join(server.folder, name), 'utf8')),
    ].join('\n');
    // Role ids and the cluster's id are not secret. Docker's records of the health checks contain the cluster's id.
    const names = readdirSync(server.operators).filter((name) => !/-role-id$|^cluster-id$/.test(name));
    const files = names.map((name) => readFileSync(join(server.operators, name), 'utf8').trim());
    const secrets = [server.engine.clientSecret, await accessToken(), ...files];
    expect(secrets.length).toBeGreaterThan(5);
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(20);
      expect(everything.includes(secret)).toBe(false);
    }
  });

  test('the server restarts after a kill, unseals itself and still has the credential', async () => {
    await docker('exec', container, 'sh', '-c', 'kill -9 $(pidof bao)');
    await eventually(
      async () => (await docker('inspect', container, '--format', '{{.RestartCount}}')) === '1' || undefined,
    );
    await eventually(works);
  });

  test('a deploy activates a new plugin beside the old one, which reads the same credential', async () => {
    // Appended bytes make another binary with the same behavior.
    const changed = Buffer.concat([readFileSync(join(server.plugins, 'oauthapp')), Buffer.from('\n')]);
    writeFileSync(join(server.plugins, 'oauthapp-new'), changed, { mode: 0o755 });
    server.declarePlugin('oauthapp-new');
    await server.deployTokens();
    const running = await docker('exec', container, 'ps', '-o', 'args');
    expect(running).toMatch(/^\/openbao\/plugins\/oauthapp-new$/m);
    expect(running).not.toMatch(/^\/openbao\/plugins\/oauthapp$/m);
    await expect(works()).resolves.toBe(true);
  });

  test('the server refuses a plugin with one changed byte until a deploy registers it, and keeps the client secret', async () => {
    const changed = Buffer.concat([readFileSync(join(server.plugins, 'oauthapp-new')), Buffer.from('!')]);
    // A new file replaces the program, because a running program cannot be written to.
    writeFileSync(join(server.plugins, '.partial'), changed, { mode: 0o755 });
    renameSync(join(server.plugins, '.partial'), join(server.plugins, 'oauthapp-new'));
    await docker('restart', container);
    const refused = (error: unknown): true | undefined =>
      String(error).includes('its plugin does not run') || undefined;
    await eventually(() => works().then(() => undefined, refused));
    expect(await dockerLogs(container)).toContain('checksums did not match');

    const refreshes = server.refreshes;
    await server.deployTokens();
    // Webex renews a token only with the right client secret.
    await eventually(async () => ((await works()) && server.refreshes > refreshes) || undefined);
  });

  test('a deploy replaces the image, and the server still has the credential', async () => {
    const image = `${server.image}-next-${process.pid}`;
    const folder = join(server.folder, 'image');
    mkdirSync(folder);
    writeFileSync(join(folder, 'Dockerfile'), `FROM ${server.image}\nLABEL next=true\n`);
    await docker('build', '--quiet', '--tag', image, folder);
    try {
      server.declare({ image });
      await server.deployServer();
      expect(await docker('inspect', container, '--format', '{{index .Config.Labels "next"}}')).toBe('true');
      await eventually(works);
    } finally {
      server.declare({ image: server.image });
      await server.deployServer();
      await docker('image', 'rm', image);
    }
    await eventually(works);
  });

  test('a backup restores the credential after the data is destroyed', async () => {
    const snapshot = join(server.folder, 'backup.snap');
    succeeded(await server.script('backup create', [snapshot, '--operators', server.operators]));
    expect(statSync(snapshot).mode & 0o777).toBe(0o600);
    await docker('rm', '--force', container);
    await docker('volume', 'rm', `${container}-data`, `${container}-audit`);
    await server.deployServer();
    const { stdout } = succeeded(
      await server.script('restore', [
        snapshot,
        ...['--credential', 'testauth', '--key-shares', server.operators, '--operators', server.operators, '--yes'],
      ]),
    );
    expect(stdout).toContain('Credential "testauth" can be read');
    await expect(works()).resolves.toBe(true);
  });
});

describeUnless(unavailable)('a production server of three nodes', () => {
  let server: DeployedServer;

  beforeAll(async () => {
    server = await DeployedServer.prepare('three', 3);
    await server.deployServer();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test('the remaining nodes keep reading the credential after the leader is killed', async () => {
    succeeded(await server.script('init', ['--operators', server.operators]));
    await server.deployTokens();
    // The deploy itself asks Webex about the secret, with an invented refresh token.
    const deployed = server.engine.webex.requests.length;
    await server.authorize();
    const works = async (index: number): Promise<true | undefined> => {
      const { connection } = await server.as('authorizer', index);
      const { accessToken } = await readCredential(connection, 'oauthapp', 'testauth');
      return (await server.engine.isAccepted(accessToken)) || undefined;
    };
    // A node that has just joined needs a moment to unseal itself.
    await eventually(() => works(1));

    await withRootToken(await server.as('administrator'), readKeyShares({ keyShares: server.operators }), (root) =>
      eventually(async () => {
        const { servers } = (await root.read('sys/storage/raft/configuration', raftReply)).data.config;
        return (servers.length === 3 && servers.every(({ voter }) => voter)) || undefined;
      }),
    );

    await docker('kill', server.containers[0] ?? '');
    await eventually(() => works(1));
    await eventually(() => works(2));
    expect(
      server.engine.webex.requests
        .slice(deployed)
        .filter(({ grantType, status }) => grantType !== undefined && status !== 200),
    ).toEqual([]);
  });
});
