import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { QUICKSTART_STEPS, runQuickstart } from '../../rehearsal/quickstart-run';
import { StepLog } from '../../rehearsal/step-log';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';
import { eventually } from '../../rehearsal/eventually';
import { fakeCommand } from './fake-command';

let folder: string;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => jest.restoreAllMocks());

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("the quickstart builds the plugin during the server's installation, and aborts the build if no server is found", async () => {
  const bin = join(folder, 'bin');
  fakeCommand(bin, 'go', `echo $$ > ${folder}/building; exec sleep 60`);
  fakeCommand(
    bin,
    'python3',
    `until [ -s ${folder}/building ]; do sleep 0.05; done; echo "ERROR: no index" >&2; exit 1`,
  );
  const env = { PATH: `${bin}:${process.env.PATH ?? ''}`, WEBEX_TOKEN_VAULT_CACHE: join(folder, 'cache') };
  jest.replaceProperty(process, 'env', { ...process.env, ...env, OAUTHAPP_PLUGIN: '', REHEARSAL_SERVER: '' });
  const { signal } = new AbortController();
  const steps = new StepLog(QUICKSTART_STEPS, signal, new PassThrough() as unknown as NodeJS.WriteStream);
  const started = jest.fn();
  await expect(runQuickstart({ declared: exampleDeployment(), steps, signal }, started)).rejects.toThrow(
    'could not be installed: pip said "ERROR: no index"',
  );
  expect(started).not.toHaveBeenCalled();
  const pid = Number(readFileSync(join(folder, 'building'), 'utf8'));
  await expect(eventually(() => !isRunning(pid) || undefined)).resolves.toBe(true);
});
