import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '#core';
import type { Deployment } from '../../../../lib/declaration/schema/deployment';
import { loadDeployment } from '../../../../lib/declaration/files/load-deployment';
import { diagnose } from '../../../../lib/health/doctor/diagnosis';
import { CertificateAuthority } from '../../../../lib/server/certificates/certificate-authority';
import { explainedRefusal } from '../../../../lib/operators/server-refusal';
import { freePort } from '../../../../lib/processes/free-port';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';
import { ScriptedVault } from '../../../fixtures/loopback/scripted-vault';
import { RecordingServer, scriptedWebex } from '../../../fixtures/loopback/recording-server';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';

/* Problems before the login. Scripted servers have states that are hard to reach on a real one. */

const UP = {
  initialized: true,
  sealed: false,
  version: '2.7.2',
  t: 3,
  n: 5,
  progress: 0,
};
const HEALTH = 'sys/health?standbyok=true&perfstandbyok=true&sealedcode=200&uninitcode=200';

let vault: ScriptedVault;
let webex: RecordingServer;

beforeEach(async () => {
  vault = await ScriptedVault.start();
  vault.answer('sys/seal-status', { body: UP });
  vault.answer(HEALTH, { body: UP });
  webex = await scriptedWebex({ status: 401, body: { message: 'no' } });
});

afterEach(async () => {
  await vault[Symbol.asyncDispose]();
  await webex[Symbol.asyncDispose]();
});

interface Given {
  readonly deployment?: Deployment;
  readonly env?: NodeJS.ProcessEnv;
  readonly load?: () => Promise<{ deployment: Deployment; file: string }>;
  readonly now?: () => Date;
}

/** @returns names of the passed checks, and the line of the failed one */
async function examined({ deployment = declared(), env = {}, load, now }: Given = {}) {
  const { findings } = await diagnose({
    env,
    load: load ?? (() => Promise.resolve({ deployment, file: 'deployment.ts' })),
    logIn: () => Promise.reject(new UsageError('nobody logs in here; go on')),
    explain: explainedRefusal,
    operators: [],
    operatorFolder: '/none',
    webex: true,
    onFinding: () => undefined,
    signal: new AbortController().signal,
    now,
  });
  const passed = findings.filter(({ state }) => state === 'ok').map(({ check }) => check);
  const wrong = findings.filter(({ state }) => state === 'error');
  expect(wrong).toHaveLength(1);
  expect(wrong[0]).toBe(findings.at(-1));
  return { passed, check: wrong[0]?.check, line: [wrong[0]?.detail, wrong[0]?.next].filter(Boolean).join('; ') };
}

function declared(address = vault.address): Deployment {
  return exampleDeployment({ vault: { address }, webex: { apiUrl: webex.address } });
}

it('the doctor reaches the login if it finds no problem before', async () => {
  expect(await examined()).toEqual({
    passed: ['environment', 'deployment', 'address', 'server', 'clock'],
    check: 'login',
    line: 'nobody logs in here; go on',
  });
});

it('the doctor checks the environment first', async () => {
  expect(await examined({ env: { VAULT_TOKEN: '' } })).toMatchObject({ passed: [], check: 'environment' });
  expect(vault.requests).toEqual([]);
});

it('the doctor passes on an unexpected exception unchanged', async () => {
  await expect(examined({ load: () => Promise.reject(new TypeError('a fault')) })).rejects.toThrow(TypeError);
});

describe('the deployment', () => {
  it('the doctor finds that there is no deployment file', async () => {
    const { check, line } = await examined({ load: () => loadDeployment('/none/deployment.json') });
    expect(check).toBe('deployment');
    expect(line).toMatch(/^there is no deployment file .*; change to its folder, or name the file by --deployment/);
  });

  it('the doctor finds an invalid declaration in the deployment', async () => {
    const load = () =>
      Promise.resolve().then(() => ({ deployment: exampleDeployment({ credentials: [] }), file: 'x' }));
    expect(await examined({ load })).toMatchObject({
      check: 'deployment',
      line: expect.stringContaining('credentials must declare at least one credential') as string,
    });
  });

  it('the doctor finds that VAULT_ADDR points to another server', async () => {
    const { check, line } = await examined({ env: { VAULT_ADDR: 'http://127.0.0.1:1' } });
    expect(check).toBe('address');
    expect(line).toMatch(/^VAULT_ADDR is http:\/\/127\.0\.0\.1:1, and deployment.ts declares .*; unset VAULT_ADDR/);
  });
});

describe('the server', () => {
  it('the doctor finds that nothing listens at the address', async () => {
    const { check, line } = await examined({ deployment: declared(`http://127.0.0.1:${await freePort()}`) });
    expect(check).toBe('server');
    expect(line).toMatch(/\): no answer from Vault at .* \(ECONNREFUSED\); check VAULT_ADDR and that the server runs$/);
  });

  it('the doctor names the command that starts a declared server', async () => {
    const port = await freePort();
    const deployment = exampleDeployment({ vault: { server: { mode: 'dev', port } } });
    const { line } = await examined({ deployment });
    expect(line).toContain('(ECONNREFUSED)');
    expect(line).toMatch(/; if nothing runs there: npx --no-install webex-token-vault deploy vault-server$/);
  });

  it('the doctor finds that the server that answers is not Vault', async () => {
    vault.answer('sys/seal-status', { body: { hello: 'world' } });
    const { check, line } = await examined();
    expect(check).toBe('server');
    expect(line).toMatch(/something that is not a Vault reply; check that VAULT_ADDR is a Vault or OpenBao server$/);
  });

  it('the doctor finds that the server does not speak TLS', async () => {
    const { line } = await examined({ deployment: declared(vault.address.replace('http:', 'https:')) });
    expect(line).toMatch(/it does not speak TLS; use http in VAULT_ADDR if that is meant$/);
  });

  describe('over TLS', () => {
    const folder = temporaryFolder();

    const ours = { commonName: 'here', dnsNames: [], ipAddresses: ['127.0.0.1'] };
    const longAgo = new Date(Date.now() - 60 * 86_400_000);

    it.each([
      ['from a CA that is not trusted', ours, false, /from a CA that is not trusted here; set VAULT_CACERT/],
      [
        'for another host name',
        { ...ours, dnsNames: ['elsewhere.example'], ipAddresses: [] },
        true,
        /for another host name; use that name in VAULT_ADDR$/,
      ],
      ['that has ended', { ...ours, lifetimeDays: 30, now: longAgo }, true, /has expired; renew it on the server$/],
    ])('the doctor finds a certificate %s', async (_, options, isTrusted, problem) => {
      const authority = await CertificateAuthority.create({ now: longAgo });
      const certificate = await authority.issue(options);
      await using server = await RecordingServer.start((_, response) => response.end('ok'), certificate);
      const caFile = join(folder, 'ca.pem');
      writeFileSync(caFile, authority.certificatePem);
      const { check, line } = await examined({
        deployment: declared(`https://127.0.0.1:${server.port}`),
        env: isTrusted ? { VAULT_CACERT: caFile } : {},
      });
      expect(check).toBe('server');
      expect(line).toMatch(problem);
    });
  });

  it.each([
    ['not initialized', { initialized: false, sealed: true }, 'npx --no-install webex-token-vault init'],
    ['sealed', { sealed: true }, 'npx --no-install webex-token-vault unseal'],
  ])('the doctor finds that the server is %s', async (state, changes, command) => {
    vault.answer('sys/seal-status', { body: { ...UP, ...changes } });
    const { check, line } = await examined();
    expect(check).toBe('server');
    expect(line).toMatch(new RegExp(`^server ".*" \\(${state}\\): .*; ${command}$`));
  });

  it('the doctor finds another product than is declared', async () => {
    const port = Number(new URL(vault.address).port);
    vault.answer(HEALTH, { body: { ...UP, version: '1.21.4', enterprise: false } });
    const deployment = exampleDeployment({
      vault: { server: { mode: 'dev', port } },
      webex: { apiUrl: webex.address },
    });
    const { check, line } = await examined({ deployment });
    expect(check).toBe('product');
    expect(line).toMatch(/is HashiCorp Vault 1\.21\.4, and vault\.server\.product declares OpenBao/);
  });

  it.each([
    [
      'that the proxy of the environment is none',
      'ftp://hush@proxy',
      'https://vault.example',
      /https?_proxy must be the http or https URL/i,
    ],
    [
      'that the proxy does not answer',
      'http://127.0.0.1:1',
      'https://vault.example',
      /\(ECONNREFUSED of the proxy\); check HTTPS_PROXY/,
    ],
  ])('the doctor finds %s', async (_, proxy, address, problem) => {
    process.env.HTTPS_PROXY = proxy;
    const { check, line } = await examined({ deployment: declared(address) }).finally(
      () => delete process.env.HTTPS_PROXY,
    );
    expect(check).toBe('server');
    expect(line).toMatch(problem);
    expect(line).not.toContain('hush');
  });

  it('the doctor uses no proxy for this machine', async () => {
    process.env.HTTP_PROXY = 'http://127.0.0.1:1';
    const { check } = await examined().finally(() => delete process.env.HTTP_PROXY);
    expect(check).toBe('login');
  });

  it('the doctor shows the error with which the server answers', async () => {
    vault.answer('sys/seal-status', { status: 503, body: { errors: ['no active node'] } });
    expect(await examined()).toMatchObject({ check: 'server', line: expect.stringContaining('(503: ') as string });
  });
});

describe('the clocks', () => {
  const MINUTES = 60_000;

  function at(minutes: number): string {
    return new Date(Date.now() + minutes * MINUTES).toUTCString();
  }

  it("the doctor finds that Vault's clock is off if Webex agrees with this machine", async () => {
    vault.answer('sys/seal-status', { body: UP, headers: { date: at(-7) } });
    const { check, line } = await examined();
    expect(check).toBe('clock');
    expect(line).toMatch(
      /^the clock of Vault is \d min behind that of this machine: Webex agrees with this machine, so Vault's clock is wrong; timedatectl .*, on the server of Vault$/,
    );
  });

  it("the doctor finds that this machine's clock is off if Webex disagrees too", async () => {
    const { check, line } = await examined({ now: () => new Date(Date.now() - 20 * MINUTES) });
    expect(check).toBe('clock');
    expect(line).toMatch(/^the clock of Vault is (?:19|20) min ahead of .* Webex disagrees .*, on this machine$/);
  });

  it('the doctor says that one of two clocks is wrong if Webex does not answer', async () => {
    vault.answer('sys/seal-status', { body: UP, headers: { date: at(10) } });
    const apiUrl = `http://127.0.0.1:${await freePort()}`;
    const deployment = exampleDeployment({ vault: { address: vault.address }, webex: { apiUrl } });
    expect((await examined({ deployment })).line).toMatch(/: one of the two is wrong; /);
  });

  it('the doctor tolerates a difference of two minutes', async () => {
    vault.answer('sys/seal-status', { body: UP, headers: { date: at(2) } });
    expect(await examined()).toMatchObject({ check: 'login' });
  });
});
