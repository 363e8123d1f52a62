import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Kubectl } from '../../../../lib/server/kubernetes/kubectl';
import { eventually } from '../../../../rehearsal/eventually';
import { ScriptedKubectl } from '../../../fixtures/kubernetes/scripted-kubectl';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';

const SERVER = { context: 'prod', namespace: 'vault' };
const PREFIX = '--context=prod --namespace=vault --request-timeout=10s';

/** Variables of the person who runs the tests. */
const NONE = { KUBECONFIG: '', KUBE_CONFIG_PATHS: '', KUBE_CTX: '', KUBE_HOST: '', KUBE_TOKEN: '' };

let kubectl: ScriptedKubectl;

beforeEach(() => (kubectl = new ScriptedKubectl(PREFIX)));
afterEach(() => kubectl[Symbol.dispose]());

function asking(more: NodeJS.ProcessEnv = {}): Kubectl {
  return new Kubectl(SERVER, { environment: kubectl.environment({ ...NONE, ...more }) });
}

it('kubectl uses the declared context and namespace', async () => {
  kubectl.on('get namespace vault --output=name', 'namespace/vault\n');
  expect(await asking().text('get', 'namespace', 'vault', '--output=name')).toBe('namespace/vault\n');
});

it('kubectl gets no secret in its environment', async () => {
  const folder = temporaryFolder();
  const secrets = { VAULT_TOKEN: 'v', BAO_TOKEN: 'b', TF_VAR_webex_myapp_client_secret: 's' };
  writeFileSync(join(folder, 'kubectl'), '#!/bin/sh\nenv\n', { mode: 0o755 });
  const environment = { ...process.env, ...NONE, ...secrets, PATH: `${folder}:${process.env.PATH ?? ''}`, OTHER: 'o' };
  const seen = await new Kubectl(SERVER, { environment }).text('version');
  expect(seen).toMatch(/^OTHER=o$/m);
  expect(Object.keys(secrets).filter((name) => seen.includes(name))).toEqual([]);
});

it.each([
  [{ KUBECONFIG: '/a', KUBE_CONFIG_PATHS: '' }, '/a'],
  [{ KUBECONFIG: '/a', KUBE_CONFIG_PATHS: '/c:/d' }, '/c:/d'],
])('kubectl uses the cluster that Terraform uses with %j', async (environment, kubeConfig) => {
  kubectl.on('version', 'ok');
  await asking(environment).text('version');
  expect(kubectl.asked).toEqual([{ key: `${PREFIX} version`, kubeConfig }]);
});

it.each([
  [undefined, 'staging', '--context=staging '],
  [undefined, '', ''],
  ['prod', 'staging', '--context=prod '],
])('kubectl uses the context that Terraform uses: declared %j, KUBE_CTX %j', async (context, KUBE_CTX, chosen) => {
  const asked = new Kubectl({ context, namespace: 'vault' }, { environment: kubectl.environment({ KUBE_CTX }) });
  await asked.text('version').catch(() => '');
  expect(kubectl.asked.map(({ key }) => key)).toEqual([`${chosen}--namespace=vault --request-timeout=10s version`]);
});

it('the error names the file and the context that kubectl used', async () => {
  const environment = kubectl.environment({ ...NONE, KUBECONFIG: '/a', KUBE_CONFIG_PATHS: '/b', KUBE_CTX: 'nope' });
  await expect(new Kubectl({ namespace: 'vault' }, { environment }).text('version')).rejects.toMatchObject({
    name: 'ClusterUnreachable',
    message: expect.stringMatching(/ \(asked with KUBE_CONFIG_PATHS=\/b and context "nope"\)$/) as string,
  });
});

it("the error names Terraform's variables that kubectl ignores, without their values", async () => {
  const said = await asking({ KUBE_HOST: 'https://10.0.0.1', KUBE_TOKEN: 'hunter2' }).text('version').catch(String);
  expect(said).toMatch(
    /^ClusterUnseen: .*; Terraform may still reach the cluster with KUBE_HOST, KUBE_TOKEN, which kubectl ignores$/,
  );
  expect(said).not.toContain('hunter2');
});

it('the error says that kubectl is not on PATH', async () => {
  const empty = temporaryFolder();
  await expect(new Kubectl(SERVER, { environment: { PATH: empty } }).text('version')).rejects.toThrow(
    /^kubectl is not on PATH or cannot be run; install it, so that the cluster can be checked$/,
  );
});

it("the error says in one line that there is no cluster, and omits a credential helper's output", async () => {
  const tries = 'E1125 21:23:35.732782   26587 memcache.go:381] "Couldn\'t get current server API group list"\n';
  const stderr = `${tries}${tries}The connection to the server localhost:8080 was refused - did you specify the right host or port?\nhelper: password=hunter2\n`;
  kubectl.on('get namespaces', { stderr, exitCode: 1 });
  const failure = await asking().text('get', 'namespaces').catch(String);
  expect(failure).toBe(
    'ClusterUnreachable: kubectl says: The connection to the server localhost:8080 was refused - did you specify the right host or port?; check the cluster in KUBECONFIG, and its context in vault.server.context or KUBE_CTX (asked with ~/.kube/config and context "prod")',
  );
});

it.each([
  ['NotFound', 'namespaces "vault" not found', true],
  ['Forbidden', 'namespaces "vault" is forbidden: User "a" cannot get resource "namespaces"', false],
])("the error quotes the cluster's answer %s", async (kind, said, isMissing) => {
  kubectl.on('get namespace vault', { stderr: `Error from server (${kind}): ${said}\n`, exitCode: 1 });
  await expect(asking().text('get', 'namespace', 'vault')).rejects.toMatchObject({
    name: 'ClusterRefusal',
    isMissing,
    message: `kubectl says: Error from server (${kind}): ${said}`,
  });
});

it('the list omits objects that this user may not see', async () => {
  kubectl.on('get pods,events --output=json', {
    stdout: '{"items":[{"kind":"Pod"}]}',
    stderr: 'Error from server (Forbidden): events is forbidden\n',
    exitCode: 1,
  });
  const list = z.object({ items: z.array(z.object({ kind: z.string() })) });
  expect(await asking().objects(list, ['pods', 'events'])).toEqual({ items: [{ kind: 'Pod' }] });
});

it('the check tells a permission from a refusal and from a failure', async () => {
  kubectl
    .on('auth can-i create secrets', 'yes\n')
    .on('auth can-i create clusterrolebindings', { stdout: 'no\n', exitCode: 1 })
    .on('auth can-i create pods', { stderr: 'error: You must be logged in to the server\n', exitCode: 1 });
  expect(await asking().may('create', 'secrets')).toBe(true);
  expect(await asking().may('create', 'clusterrolebindings')).toBe(false);
  await expect(asking().may('create', 'pods')).rejects.toThrow(/must be logged in/);
});

it('a hanging kubectl ends at its deadline', async () => {
  jest.useFakeTimers({ doNotFake: ['Date', 'nextTick', 'queueMicrotask', 'setImmediate'] });
  try {
    kubectl.on('version', { hangs: true });
    const asked = asking().text('version');
    await eventually(() => kubectl.asked.length > 0 || undefined);
    jest.advanceTimersByTime(30_000);
    await expect(asked).rejects.toMatchObject({
      name: 'ClusterUnreachable',
      message: expect.stringMatching(/^kubectl did not answer within 30 s; /) as string,
    });
  } finally {
    jest.useRealTimers();
  }
});

it('a hanging kubectl ends at a signal', async () => {
  kubectl.on('version', { hangs: true });
  const interruption = new AbortController();
  const { signal } = interruption;
  const asked = new Kubectl(SERVER, { environment: kubectl.environment(), signal }).text('version');
  await eventually(() => kubectl.asked.length > 0 || undefined);
  interruption.abort(new Error('interrupted'));
  await expect(asked).rejects.toThrow('interrupted');
});
