import { chmodSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { kubeconfigVariables, Terraform } from '../../../lib/terraform/terraform';
import { initialize } from '../../../rehearsal/applier/provider-terraform';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

let path: string;
beforeEach(() => (path = temporaryFolder()));

function install(name: string, script: string): void {
  writeFileSync(join(path, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(path, name), 0o755);
}

const find = (environment: NodeJS.ProcessEnv = {}): Promise<Terraform> =>
  Terraform.find({ PATH: `${path}:/usr/bin:/bin`, ...environment });

test('the error says that neither Terraform nor OpenTofu is on PATH', async () => {
  await expect(find()).rejects.toThrow('neither terraform nor tofu is on PATH');
});

test('the error names an outdated Terraform and the version to install', async () => {
  install('terraform', 'echo "Terraform v1.5.7"');
  await expect(find()).rejects.toThrow('Terraform 1.5.7 is too old; install 1.11 or newer');
});

test('the search uses OpenTofu if Terraform is too old', async () => {
  install('terraform', 'echo "Terraform v1.5.7"');
  install('tofu', 'echo "OpenTofu v1.11.0"');
  expect((await find()).title).toBe('OpenTofu 1.11.0');
});

test('the search uses the binary that TERRAFORM_BINARY_NAME names', async () => {
  install('terraform', 'echo "Terraform v1.14.2"');
  install('tf-next', 'echo "Terraform v2.0.0"');
  expect((await find({ TERRAFORM_BINARY_NAME: 'tf-next' })).title).toBe('Terraform 2.0.0');
});

test('the error says that TERRAFORM_BINARY_NAME names no program on PATH', async () => {
  await expect(find({ TERRAFORM_BINARY_NAME: 'nowhere' })).rejects.toThrow(
    'TERRAFORM_BINARY_NAME is "nowhere", which is not on PATH',
  );
});

test('the error about an unreachable registry is one short line with the cause', async () => {
  const said = [
    'Error: Failed to query available provider packages',
    '',
    'Could not retrieve the list of available versions: could not connect to',
    'registry.example: failed to request discovery document: Get',
    '"https://registry.example/terraform.json": dial tcp: no such host',
    '',
    'To see which modules depend on it, run: terraform providers',
  ].join('\n│ ');
  install('terraform', `[ "$1" = version ] && echo "Terraform v1.14.2" && exit; echo '${said}' >&2; exit 1`);
  const terraform = await find();
  await expect(
    initialize(terraform, { stackDirectory: path, environment: { PATH: `${path}:/usr/bin:/bin` } }),
  ).rejects.toThrow(/^Terraform 1.14.2 cannot get its providers: dial tcp: no such host$/);
});

test('the error of a failing run is one line with its first message', async () => {
  install(
    'terraform',
    '[ "$1" = version ] && echo "Terraform v1.14.2" && exit; echo "\n╷\n│ Error: no provider\n│ \n│ for you" >&2; exit 1',
  );
  const terraform = await find();
  await expect(
    initialize(terraform, { stackDirectory: path, environment: { PATH: '/usr/bin:/bin' } }),
  ).rejects.toThrow();
  await expect(
    initialize(terraform, { stackDirectory: path, environment: { PATH: `${path}:/usr/bin:/bin` } }),
  ).rejects.toThrow('Terraform 1.14.2 cannot get its providers: for you');
});

it.each([
  [{ KUBECONFIG: '/one:/two' }, { KUBE_CONFIG_PATHS: '/one:/two' }],
  [{ KUBECONFIG: 'clusters/one' }, { KUBE_CONFIG_PATHS: resolve('clusters/one') }],
  [{ KUBECONFIG: '/one', KUBE_CONFIG_PATHS: '' }, { KUBE_CONFIG_PATHS: '/one' }],
  [{ KUBECONFIG: '/one', KUBE_CONFIG_PATHS: '/other' }, {}],
  [{ KUBECONFIG: '' }, {}],
  [{}, {}],
])('kubeconfigVariables maps %j to %j', (env, expected) => {
  expect(kubeconfigVariables(env)).toEqual(expected);
});
