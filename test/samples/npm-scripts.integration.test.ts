import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../../lib/processes/free-port';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';
import { eventually } from '../../rehearsal/eventually';
import { descendants, isRunning } from '../fixtures/programs/process-tree';

it('the script people-me-web ends if npm alone receives SIGTERM', async () => {
  const port = String(await freePort());
  const script = ['run', '--loglevel=error', '-w', 'samples', 'people-me-web', '--', '--port', port];
  const npm = spawn('npm', script, {
    cwd: PROJECT_FOLDER,
    env: {
      PATH: process.env.PATH,
      // No Vault answers at this address. The program serves its page regardless.
      VAULT_ADDR: `http://127.0.0.1:${await freePort()}`,
      VAULT_ROLE_ID: 'role',
      VAULT_SECRET_ID: 'secret',
    },
  });
  const ended = once(npm, 'exit');
  let stderr = '';
  npm.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  await eventually(() => /^Open http:\/\/localhost:/m.exec(stderr) ?? undefined);
  const started = await descendants(npm.pid ?? 0);
  try {
    expect(started.length).toBeGreaterThanOrEqual(1);
    npm.kill('SIGTERM');
    await ended;
    await eventually(() => !started.some(isRunning) || undefined);
  } finally {
    started.filter(isRunning).forEach((pid) => process.kill(pid, 'SIGKILL'));
  }
});
