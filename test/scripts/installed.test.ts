import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../lib/process/child-process';
import { PROJECT_FOLDER } from '../fixtures/declaration';

/* What a clone says before its packages are installed. */

let clone: string;
beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), 'clone-'));
  mkdirSync(join(clone, 'scripts'));
  ['package.json', 'scripts/installed.js', 'scripts/webex-token-vault.js'].forEach((file) =>
    copyFileSync(join(PROJECT_FOLDER, file), join(clone, file)),
  );
  copyFileSync(join(PROJECT_FOLDER, 'scripts/cli.ts'), join(clone, 'scripts/cli.ts'));
});
afterAll(() => rmSync(clone, { recursive: true }));

it.each(['quickstart', 'deploy', 'synth', 'bench', 'test', 'test:deploy', 'lint', 'typecheck', 'build'])(
  'npm run %s says in one line that they are not',
  async (script) => {
    const { exitCode, stdout, stderr } = await run('npm', ['run', '--silent', script], { cwd: clone });
    expect(stdout + stderr).toBe(
      `error: the packages that webex-token-vault needs are not installed; run "npm ci" in ${clone}\n`,
    );
    expect(exitCode).toBe(1);
  },
);
