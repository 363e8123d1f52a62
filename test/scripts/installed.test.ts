import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../lib/processes/child-process';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';

/* What a clone says before its packages are installed. */

const { scripts } = JSON.parse(readFileSync(join(PROJECT_FOLDER, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

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
  'npm run %s says in one line that the packages are not installed',
  async (script) => {
    // npm gives the line to a shell; once is enough to see it do so.
    const [program, ...args] =
      script === 'test' ? ['npm', 'run', '--silent', script] : ['sh', '-c', scripts[script] ?? ''];
    const { exitCode, stdout, stderr } = await run(program, args, { cwd: clone });
    expect(stdout + stderr).toBe(
      `error: the packages that webex-token-vault needs are not installed; run "npm ci" in ${clone}\n`,
    );
    expect(exitCode).toBe(1);
  },
);
