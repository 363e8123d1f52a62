import { readdirSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { clientSecretVariable } from '../../../lib/declaration/derived/client-secret';
import { eventually } from '../../../rehearsal/eventually';
import type { Rehearsal } from '../../../rehearsal/rehearsal';
import { findServer } from '../../../rehearsal/server/server-binary';
import { writeShellEnvironment } from '../../../rehearsal/shell-environment';
import { Typist } from '../../fixtures/pages/typist';
import { PodHere } from '../../fixtures/kubernetes/pod-here';
import { RecordingServer } from '../../fixtures/loopback/recording-server';
import { runCommand } from '../../fixtures/programs/command-run';
import type { Script, ScriptResult } from '../../fixtures/programs/script';
import {
  applicationId,
  organization,
  recoverableServiceApp,
} from '../../fixtures/declarations/recoverable-service-app';
import { appliedRehearsal } from '../../fixtures/worlds/applied-rehearsal';

/*
 * The containers of the printed manifests, started on this machine with their arguments, variables and files, on the real
 * engine. The printed commands make their Secrets.
 */

/** Pods never reach a loopback address, so the manifests name another one. */
const ADDRESS = 'https://vault.pods.example:8200';
const SECRET_PATH = '/v1/webhooks/incoming/the-secret-of-it';

let rehearsal: Rehearsal;
let webhook: RecordingServer;
let environment: Record<string, string>;
let operators: string;
let typist: Typist;
const started: Script[] = [];
const printed: string[] = [];

beforeAll(async () => {
  rehearsal = await appliedRehearsal(recoverableServiceApp);
  webhook = await RecordingServer.start((_, response) => response.writeHead(204).end());
  operators = join(dirname(await writeShellEnvironment(rehearsal, await findServer())), 'operators');
  environment = {
    ...rehearsal.environment,
    VAULT_ADDR: rehearsal.server.address,
    WEBEX_TOKEN_VAULT_OPERATORS: operators,
  };
  typist = new Typist(environment);
  mkdirSync(join(typist.folder, 'secrets'));
  symlinkSync(operators, join(typist.folder, 'secrets/operators'));
  writeFileSync(join(typist.folder, 'FILE'), `${webhook.address}${SECRET_PATH}\n`);
  writeFileSync(join(typist.folder, 'ca.pem'), rootCertificates[0] ?? '');
});

afterAll(async () => {
  for (const { child } of started.filter((script) => script.child.exitCode === null)) {
    child.kill('SIGKILL');
  }
  typist[Symbol.dispose]();
  await webhook[Symbol.asyncDispose]();
  await rehearsal.stop();
});

/** The pod of the manifests that the command prints for this deployment. */
async function podOf(...args: string[]): Promise<PodHere> {
  const options = ['--address', ADDRESS, '--ca-file', join(typist.folder, 'ca.pem')];
  const { stdout, stderr } = await runCommand('kubernetes', ['--run', ...args, ...options], environment);
  printed.push(stdout, stderr);
  return new PodHere(stdout, typist.folder);
}

type Replaced = Readonly<Record<string, string>>;

function start(pod: PodHere, more: Replaced = {}): Script {
  const script = pod.start({ [ADDRESS]: rehearsal.server.address, '0.0.0.0:18200': '127.0.0.1:0', ...more });
  started.push(script);
  return script;
}

async function job(pod: PodHere, more: Replaced = {}): Promise<ScriptResult> {
  const result = await start(pod, more).result();
  printed.push(result.stdout, result.stderr);
  return result;
}

/** A person consents for the requesting credential, and its token requests the grant of the Service App. */
async function authorize(): Promise<void> {
  const [asker, reports] = typist.typesEach('docs/tasks/service-apps.md', 'authorize');
  const asked = asker?.();
  await fetch(await rehearsal.webex.consent(await typist.browses()));
  await asked;
  const clientSecret = rehearsal.variables[clientSecretVariable('service-app')] ?? '';
  await reports?.({ dialog: [['The client secret of "service-app"', clientSecret]] });
}

/** Makes the engine notice that Webex no longer renews the grant. */
async function lose(): Promise<void> {
  rehearsal.webex.serviceApps.withdraw(applicationId, organization);
  await rehearsal.admin.connection.read('oauthapp/creds/reports?minimum_seconds=99999999', String).catch(String);
  rehearsal.webex.serviceApps.authorize(applicationId, organization);
}

it('the CronJob of status sends a change once, from job to job, and its log names no account', async () => {
  const pod = await podOf('status', '--verify');
  const first = await job(pod);
  expect(first).toMatchObject({ exitCode: 0, stderr: '' });
  expect(first.stdout).toMatch(/^CRITICAL - 2 of \d+ broken.*\n$/);
  expect(webhook.asked).toEqual([`POST ${SECRET_PATH}`]);
  expect(webhook.requests[0]?.body).toContain('never authorized');
  expect(await job(pod)).toEqual(first);
  expect(webhook.requests).toHaveLength(1);
  await authorize();
  const healthy = await job(pod);
  expect(healthy).toMatchObject({ exitCode: 0, stderr: '' });
  expect(webhook.requests.at(-1)?.body).toContain('credential reports is healthy again');
});

it('the CronJob of status fails if Vault refuses the login of the observer', async () => {
  const pod = await podOf('status');
  const secretId = readFileSync(join(operators, 'observer-secret-id'), 'utf8').trim();
  const { exitCode, stderr } = await job(pod, { [secretId]: '00000000-0000-0000-0000-000000000000' });
  expect(exitCode).toBe(3);
  expect(stderr).toContain('Vault does not log this operator in.');
  expect(webhook.requests.at(-1)?.body).toContain('the look: failed');
});

it('the CronJob of recover gets a lost grant back', async () => {
  const pod = await podOf('recover');
  expect(await job(pod)).toEqual({ exitCode: 0, stdout: 'no grant is lost\n', stderr: '' });
  await lose();
  const recovered = 'the grant of "reports" was lost, and is recovered\n';
  expect(await job(pod)).toEqual({ exitCode: 0, stdout: recovered, stderr: '' });
});

it('the pod of metrics answers its probes and the scraper', async () => {
  const pod = await podOf('metrics');
  const script = start(pod);
  const [, url = ''] = await script.says(/^metrics are at (\S+); a look is taken every 60 s$/m);
  const [alive = '', ready = ''] = pod.probed;
  expect((await fetch(new URL(alive, url))).status).toBe(200);
  const text = await eventually(async () => {
    const response = await fetch(new URL(ready, url));
    return response.ok ? response.text() : undefined;
  });
  expect(text).toMatch(/^webex_token_vault_look_success 1$/m);
  script.child.kill('SIGTERM');
  const { exitCode, stdout, stderr } = await script.result();
  expect(exitCode).toBe(0);
  printed.push(stdout, stderr);
});

it('the manifests and the logs of the pods have no secret', () => {
  const logins = readdirSync(operators).map((file) => readFileSync(join(operators, file), 'utf8').trim());
  const secrets = [...logins.filter((text) => text !== ''), SECRET_PATH];
  expect(secrets.length).toBeGreaterThan(4);
  expect(secrets.filter((secret) => printed.join('\n').includes(secret))).toEqual([]);
  expect(printed.join('\n')).not.toContain('ada.admin');
});
