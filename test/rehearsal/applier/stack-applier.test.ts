import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyStack, type Applied } from '../../../rehearsal/applier/stack-applier';
import { VaultClient } from '../../../lib/vault/vault-client';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

/* Stacks with only `terraform_data` need no server. The integration test has the other stacks. */

let stackDirectory: string;
beforeEach(() => (stackDirectory = temporaryFolder()));

function write(resource: object, more: object = {}): void {
  const stack = { provider: { vault: [{}] }, resource, ...more };
  writeFileSync(join(stackDirectory, 'cdk.tf.json'), JSON.stringify(stack));
}

function apply(variables: Record<string, string> = {}): Promise<Applied> {
  const vault = new VaultClient({ address: 'http://127.0.0.1:9' });
  return applyStack({ stackDirectory, vault, variables });
}

const provisioner = (command: string, environment: object = {}): object => ({
  provisioner: [{ 'local-exec': { command, environment } }],
});
const printed = (): string => readFileSync(join(stackDirectory, 'printed'), 'utf8');

test('the applier runs a provisioner once, and again if its trigger changes', async () => {
  const once = (version: number): void =>
    write({ terraform_data: { a: { triggers_replace: { version }, ...provisioner('echo ran >> printed') } } });
  once(1);
  expect((await apply()).changed).toEqual(['terraform_data.a']);
  expect((await apply()).changed).toEqual([]);
  once(2);
  expect((await apply()).changed).toEqual(['terraform_data.a']);
  expect(printed()).toBe('ran\nran\n');
});

test('the applier replaces a resource after its trigger was replaced', async () => {
  const stack = (input: number): void =>
    write({
      terraform_data: {
        b: { ...provisioner('echo b >> printed'), lifecycle: { replace_triggered_by: ['terraform_data.a'] } },
        a: { input, ...provisioner('echo a >> printed') },
      },
    });
  stack(1);
  await apply();
  stack(2);
  await apply();
  expect(printed()).toBe('a\nb\na\nb\n');
});

test('the applier runs a failed provisioner again, and reports its message as the error', async () => {
  write({ terraform_data: { a: provisioner('test -e ready || { echo "error: not ready; make it" >&2; exit 1; }') } });
  await expect(apply()).rejects.toThrow(/^not ready; make it$/);
  writeFileSync(join(stackDirectory, 'ready'), '');
  expect((await apply()).changed).toEqual(['terraform_data.a']);
});

test('the applier passes a variable to the environment of a provisioner and keeps it out of the state', async () => {
  write(
    { terraform_data: { a: provisioner('printf %s "$SECRET" > printed', { SECRET: '${var.secret}' }) } },
    { variable: { secret: { default: null, ephemeral: true } } },
  );
  await apply({ secret: 'a value that must not stay' });
  expect(printed()).toBe('a value that must not stay');
  expect(readFileSync(join(stackDirectory, 'applier.json'), 'utf8')).not.toContain('must not stay');
});

test('the applier names a resource type that it does not know', async () => {
  write({ vault_ldap_auth_backend: { a: { path: 'jwt' } } });
  await expect(apply()).rejects.toThrow('does not know the resource type "vault_ldap_auth_backend"');
});

test('the applier names an attribute that it does not know', async () => {
  write({ vault_mount: { a: { path: 'x', type: 'kv', seal_wrap: true } } });
  await expect(apply()).rejects.toThrow(
    /^the rehearsal's applier does not know all of vault_mount\.a \(.*seal_wrap.*\); deploy/,
  );
});

test('the applier refuses a reference to a resource outside the stack', async () => {
  write({ terraform_data: { a: { input: '${vault_mount.none.path}' } } });
  await expect(apply()).rejects.toThrow('does not know "vault_mount.none.path"');
});

test('the applier names a lifecycle setting that it does not know', async () => {
  write({ terraform_data: { a: { input: 'x', lifecycle: { ignore_changes: ['triggers_replace'] } } } });
  await expect(apply()).rejects.toThrow(
    /^the rehearsal's applier does not know all of terraform_data\.a \(lifecycle: .*ignore_changes.*\); deploy/,
  );
});

test('the applier accepts lifecycle settings about destroying and moving', async () => {
  const lifecycle = {
    create_before_destroy: true,
    prevent_destroy: true,
    ignore_changes: ['input'],
    postcondition: [{ condition: '${self.output == "x"}', error_message: 'of "${self.output}"' }],
  };
  write({ terraform_data: { a: { input: 'x', lifecycle } } });
  expect((await apply()).changed).toEqual(['terraform_data.a']);
});

test('the applier names the resources of a cycle', async () => {
  write({ terraform_data: { a: { depends_on: ['terraform_data.b'] }, b: { depends_on: ['terraform_data.a'] } } });
  await expect(apply()).rejects.toThrow('terraform_data.a -> terraform_data.b -> terraform_data.a');
});
