import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { runCommand } from '../fixtures/programs/command-run';
import { OperatedVault } from '../fixtures/worlds/operated-vault';
import type { ScriptResult } from '../fixtures/programs/script';

/* `doctor` as people run it on a server in production: its lines, its exit codes, and the logins in the folder. */

let operated: OperatedVault;
const printed: string[] = [];

beforeAll(async () => {
  operated = await OperatedVault.start();
  await operated.init();
  await operated.deploy();
  await operated.authorize();
  await operated.appRole('people-me');
});

afterAll(() => operated[Symbol.asyncDispose]());

async function doctor(args: readonly string[] = [], env: Record<string, string> = {}): Promise<ScriptResult> {
  const result = await runCommand('doctor', ['--operators', operated.operators, ...args], {
    ...operated.environment,
    ...env,
  });
  printed.push(result.stdout, result.stderr);
  return result;
}

it('the doctor finds no problem on a server with all grants, and advises to move the key shares', async () => {
  const { exitCode, stdout } = await doctor();
  expect(stdout).not.toContain('error:');
  expect(stdout).toMatch(/^ok {5}operators: 6 are in order$/m);
  expect(stdout).toMatch(
    /^advice 5 key shares of the server are together in .*; give each to its keeper, and delete it here$/m,
  );
  expect(exitCode).toBe(0);
});

it('the doctor fails on advice with --strict, and prints JSON with --json', async () => {
  const { exitCode, stdout } = await doctor(['--strict', '--json']);
  const schema = z.object({
    healthy: z.literal(true),
    findings: z.array(z.object({ check: z.string(), state: z.literal('ok'), next: z.null() })),
    advice: z.array(z.object({ kind: z.enum(['advice', 'note']), detail: z.string() })),
  });
  expect(schema.parse(JSON.parse(stdout)).findings.length).toBeGreaterThan(10);
  expect(exitCode).toBe(1);
});

describe('the login', () => {
  it('the doctor finds that there is no login', async () => {
    const { stdout, exitCode } = await doctor(['--operators', '/none']);
    expect(stdout).toMatch(/^error: login: no Vault token and no login was found; log in with .* --operators/m);
    expect(exitCode).toBe(1);
  });

  it('the doctor finds that the login is for another server', async () => {
    const file = join(operated.operators, 'cluster-id');
    await writeFile(file, 'another\n');
    const { stdout } = await doctor();
    await rm(file);
    expect(stdout).toMatch(/^error: login: the logins in .* belong to another server \(cluster another\) than /m);
  });

  it('the doctor finds that the secret id is no longer valid', async () => {
    const role = 'auth/operators/role/observer';
    await operated.asRoot(async (root) => {
      for (const accessor of await root.list(`${role}/secret-id`)) {
        await root.write(`${role}/secret-id-accessor/destroy`, { secret_id_accessor: accessor });
      }
    });
    const { stdout } = await doctor();
    expect(stdout).toMatch(
      /^error: login: Vault does not log this operator in\. .*: npx --no-install webex-token-vault operators update --rotate --operators \S+$/m,
    );
  });
});

it('the doctor finds that the server is sealed', async () => {
  await operated.server.node.kill();
  await operated.server.node.start();
  expect((await doctor()).stdout).toMatch(
    /^error: server: .* \(sealed\): .*; npx --no-install webex-token-vault unseal$/m,
  );
});

it.each<[string, Record<string, string>, RegExp]>([
  [
    'that certificates are not checked',
    { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    /^error: NODE_TLS_REJECT_UNAUTHORIZED is 0/m,
  ],
  ['that its CA is not named', { VAULT_CACERT: '' }, /^error: server: .*set VAULT_CACERT to that CA/m],
  [
    'that there is no such deployment',
    { DEPLOYMENT: '/none.json' },
    /^error: deployment: there is no deployment file/m,
  ],
])('the doctor finds %s', async (_, env, line) => {
  const { stdout, stderr, exitCode } = await doctor([], env);
  expect(`${stdout}${stderr}`).toMatch(line);
  expect(exitCode).toBe(1);
});

it('the doctor prints no secret', async () => {
  const tokens = [...operated.engine.issued, operated.engine.clientSecret, ...(await operated.keyShares())];
  expect(tokens.length).toBeGreaterThan(7);
  expect(tokens.filter((secret) => printed.join('\n').includes(secret))).toEqual([]);
});
