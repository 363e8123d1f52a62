import { chmodSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineDeployment } from '../../lib/declaration/define-deployment';
import { run } from '../../lib/processes/child-process';
import { freePort } from '../../lib/processes/free-port';
import { CertificateAuthority } from '../../lib/server/certificates/certificate-authority';
import { OPERATORS_VARIABLE, writeOperatorLogin } from '../../lib/operators/operator-folder';
import { renewOperator } from '../../lib/operators/operators';
import { eventually } from '../../rehearsal/eventually';
import { deploymentInFile } from '../../rehearsal/written-deployment';
import { WrittenVault } from '../../rehearsal/written-vault';
import { siteCertificate } from '../fixtures/identities/site-certificate';
import { Typist } from '../fixtures/pages/typist';
import { describeUnless } from '../fixtures/runs/left-out';
import { docker, dockerLogs, dockerUnavailable } from '../fixtures/worlds/docker-engine';
import { busyboxBase } from '../fixtures/worlds/image-bases';
import { LABELS, ProgramImage, type ContainerProps } from '../fixtures/worlds/program-image';

/* The image of the program on the real Docker engine: without root, without a shell, on a read-only file system. */

/** Bytes that the image may add to its base. */
const LARGEST = 25_000_000;

describeUnless(dockerUnavailable())('the image of the program', () => {
  let image: ProgramImage;
  let vault: WrittenVault;
  let watching: Required<Pick<ContainerProps, 'env' | 'files'>>;

  beforeAll(async () => {
    image = await ProgramImage.build();
    vault = await WrittenVault.start();
    await vault.authorize();
    watching = await watchingFiles();
  });
  afterAll(async () => {
    await vault[Symbol.asyncDispose]();
    await image[Symbol.asyncDispose]();
  });

  /** The declaration and the observer's login, in a folder of the image's user. */
  async function watchingFiles() {
    const folder = join(vault.folder, 'watching');
    const operators = join(folder, 'operators');
    mkdirSync(operators, { recursive: true });
    writeFileSync(join(folder, 'deployment.json'), JSON.stringify(vault.deployment));
    await vault.operatorToken('observer');
    await renewOperator(vault.admin, 'observer', (login) => writeOperatorLogin(operators, 'observer', login));
    chmodSync(operators, 0o700);
    await docker(
      ...['run', '--rm', '--user', '0', '--network', 'none', '--volume', `${folder}:/given`, await busyboxBase()],
      ...['chown', '-R', '65532:65532', '/given'],
    );
    return {
      env: { DEPLOYMENT: join(folder, 'deployment.json'), [OPERATORS_VARIABLE]: operators },
      files: [folder],
    };
  }

  test('the image prints its version as a user without rights', async () => {
    expect(await image.inspect('{{.Config.User}}')).toBe('65532:65532');
    const { exitCode, stdout, stderr } = await image.run(['--version']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('the image has the command of apps', async () => {
    const { exitCode, stdout } = await image.run(['/node_modules/.bin/webex-token', '--help'], { entryPoint: 'node' });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Usage: webex-token/m);
  });

  test('the labels name version, source, commit and license', async () => {
    const labels = JSON.parse(await image.inspect('{{json .Config.Labels}}')) as Record<string, string>;
    expect(labels).toMatchObject({
      'org.opencontainers.image.title': 'webex-token-vault',
      'org.opencontainers.image.version': LABELS.version,
      'org.opencontainers.image.source': LABELS.source,
      'org.opencontainers.image.revision': LABELS.revision,
      'org.opencontainers.image.licenses': 'Apache-2.0',
    });
  });

  test('the image adds few bytes to its base, and no code for one platform', async () => {
    const [size = 0, base = 0] = (
      await Promise.all([image.tag, image.base].map((each) => image.inspect('{{.Size}}', each)))
    ).map(Number);
    process.stdout.write(`The image has ${size} bytes, and ${size - base} more than its base ${image.base}.\n`);
    expect(size - base).toBeGreaterThan(1_000_000);
    expect(size - base).toBeLessThan(LARGEST);
    const list = `const { readdirSync } = require('node:fs');
      console.log(readdirSync('/node_modules', { recursive: true }).filter((file) => /[.](?:node|so|wasm)$/.test(file)).join());`;
    expect((await image.run(['--eval', list], { entryPoint: 'node' })).stdout).toBe('\n');
  });

  test('status looks at a real server by the login of the observer', async () => {
    const { stdout, stderr } = await image.run(['status', '--json'], watching);
    expect(stderr).toBe('');
    const { credentials } = JSON.parse(stdout) as { credentials: readonly { name: string; state: string }[] };
    expect(credentials).toEqual([expect.objectContaining({ name: 'testauth', state: 'healthy' })]);
  });

  test('a declaration in TypeScript works if the Node of the base reads it, and is refused otherwise', async () => {
    const folder = join(vault.folder, 'typescript');
    mkdirSync(folder);
    writeFileSync(
      join(folder, 'deployment.ts'),
      `import { defineDeployment } from 'webex-token-vault/deployment';
      const declared: object = ${JSON.stringify(vault.deployment)};
      export default defineDeployment(declared as never);`,
    );
    const ask = ['-p', 'Boolean(process.features.typescript)'];
    const isRead = (await image.run(ask, { entryPoint: 'node' })).stdout === 'true\n';
    const env = { DEPLOYMENT: join(folder, 'deployment.ts') };
    const { exitCode, stdout, stderr } = await image.run(['list', '--json'], { env, files: [folder] });
    expect({ isRead, exitCode }).toEqual({ isRead, exitCode: isRead ? 0 : 1 });
    expect(isRead ? stdout : stderr).toContain(isRead ? '"testauth"' : 'tsx is not installed here');
  });

  test('a refused write is one line, because the root file system is read-only', async () => {
    const { stderr } = await image.run(['status', '--html', '/deployment/status.html'], watching);
    expect(stderr).toMatch(/^error: [^\n]*\/deployment\/status\.html[^\n]*\n$/);
  });

  test('metrics serves metrics and a probe until docker stop, which ends it at once', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const container = await image.start(['metrics', '--serve', address], watching);
    try {
      const text = async (path: string): Promise<string | undefined> =>
        fetch(`http://${address}${path}`).then(
          (answer) => (answer.ok ? answer.text() : undefined),
          () => undefined,
        );
      const metrics = await eventually(() => text('/metrics'));
      expect(metrics).toContain('webex_token_vault_look_success 1');
      expect(metrics).toMatch(/^webex_token_vault_credential_state\{.*state="healthy"\} 1$/m);
      expect(await text('/healthz')).toBeDefined();
      // Docker kills a container that ignores SIGTERM, and the exit code is then 137.
      await docker('stop', '--time', '600', container);
      expect(await docker('inspect', container, '--format', '{{.State.ExitCode}}')).toBe('0');
    } finally {
      await docker('rm', '--force', container);
    }
  });

  test('the site of the consent answers by TLS at its host by the typed command, and docker stop ends it well', async () => {
    using typist = new Typist({ VAULT_ADDR: vault.server.address });
    const host = 'grants.example.com';
    const { folder } = typist;
    const authority = await CertificateAuthority.create();
    writeFileSync(join(folder, 'ca.pem'), authority.certificatePem);
    const { certFile, keyFile } = await siteCertificate(folder, host, authority);
    renameSync(certFile, join(folder, 'tls.crt'));
    renameSync(keyFile, join(folder, 'tls.key'));
    mkdirSync(join(folder, 'secrets/clients'), { recursive: true, mode: 0o700 });
    const groups = { authorizer: ['webex-admins'] };
    const integrations = vault.deployment.integrations.map((each) => {
      writeFileSync(join(folder, 'secrets/clients', each.name), 'client-secret', { mode: 0o600 });
      return { ...each, redirectUrl: `https://${host}/callback` };
    });
    const operators = { oidc: { issuer: 'https://id.example', clientId: 'vault', groups } };
    deploymentInFile(folder, defineDeployment({ ...vault.deployment, integrations, operators }));
    const port = await freePort();
    const container = `consent-${process.pid}`;
    await typist.types('docs/tasks/consent.md', 'by-docker', {
      instead: {
        'docker run --rm': `docker run --detach --name ${container}`,
        '443:': `127.0.0.1:${port}:`,
        'registry.example.com/webex-token-vault:1.0.0': image.tag,
      },
    });
    try {
      await eventually(async () => (await dockerLogs(container)).includes('which this command serves') || undefined);
      const ask = async (path: string, name = host): Promise<string> => {
        const tls = ['--cacert', join(folder, 'ca.pem'), '--resolve', `${host}:${port}:127.0.0.1`];
        const answer = ['--header', `Host: ${name}`, '--output', '/dev/null', '--write-out', '%{http_code}'];
        return (await run('curl', ['--silent', ...tls, ...answer, `https://${host}:${port}${path}`])).stdout;
      };
      expect(await ask('/healthz')).toBe('200');
      expect(await ask('/other')).toBe('404');
      expect(await ask('/healthz', 'elsewhere.example')).toBe('421');
      await docker('stop', '--time', '600', container);
      expect(await docker('inspect', container, '--format', '{{.State.ExitCode}}')).toBe('0');
      expect(statSync(join(folder, 'state')).uid).toBe(process.getuid?.());
    } finally {
      await docker('rm', '--force', container);
    }
  });

  test('a signal ends status --watch, though the program is the first process', async () => {
    const container = await image.start(['status', '--watch', '--json'], watching);
    try {
      await eventually(async () => (await dockerLogs(container)).includes('"testauth"') || undefined);
      await docker('stop', '--time', '600', container);
      expect(await docker('inspect', container, '--format', '{{.State.ExitCode}}')).toBe('143');
    } finally {
      await docker('rm', '--force', container);
    }
  });
});
