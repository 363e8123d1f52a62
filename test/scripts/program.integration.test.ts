import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../lib/processes/child-process';
import { eventually } from '../../rehearsal/eventually';
import { declaredExample, EXAMPLE_FOLDER } from '../fixtures/declarations/declared-example';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';
import { RecordingServer } from '../fixtures/loopback/recording-server';
import { runScript, Script } from '../fixtures/programs/script';

/* Output of the program itself, in a separate process. */

it('the program prints its version', async () => {
  expect(await runScript('--version', [])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
  });
});

it('the program blames an invalid deployment.ts in one line', async () => {
  writeFileSync(join(EXAMPLE_FOLDER, 'deployment.ts'), 'export default nonsense;');
  const { exitCode, stdout, stderr } = await runScript('revoke', ['testauth'], {}, EXAMPLE_FOLDER);
  expect(stderr).toBe('error: deployment.ts cannot be loaded: line 1: nonsense is not defined; correct it there\n');
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
});

it('the program ends quietly if the reader of its output closes the pipe', async () => {
  const script = 'node scripts/webex-token-vault.js revoke --help | true';
  const { stderr } = await run('/bin/sh', ['-c', script], { cwd: PROJECT_FOLDER });
  expect(stderr).toBe('');
});

it('the program ends on a signal of another process', async () => {
  const operators = join(EXAMPLE_FOLDER, 'operators');
  mkdirSync(operators, { mode: 0o700 });
  writeFileSync(join(operators, 'key-share-1'), Buffer.alloc(33, 7).toString('base64'), { mode: 0o600 });
  await using vault = await RecordingServer.start(() => undefined);
  const environment = { ...declaredExample(), VAULT_ADDR: vault.address };
  const script = new Script('unseal', ['--key-shares', operators], environment);
  await eventually(() => vault.requests.length > 0 || undefined);
  script.child.kill('SIGTERM');
  expect(await script.result()).toEqual({ exitCode: 143, stdout: '', stderr: 'interrupted\n' });
});
