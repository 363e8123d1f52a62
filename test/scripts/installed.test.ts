import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../lib/processes/child-process';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';
import { temporaryFolder } from '../fixtures/runs/temporary-folder';

/* A clone before the installation of its packages. */

const { scripts } = JSON.parse(readFileSync(join(PROJECT_FOLDER, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

let clone: string;
beforeAll(() => {
  clone = temporaryFolder();
  mkdirSync(join(clone, 'scripts'));
  ['package.json', 'scripts/installed.js', 'scripts/webex-token-vault.js'].forEach((file) =>
    copyFileSync(join(PROJECT_FOLDER, file), join(clone, file)),
  );
  copyFileSync(join(PROJECT_FOLDER, 'scripts/cli.ts'), join(clone, 'scripts/cli.ts'));
});

it.each([
  ['npm', 'run', '--silent', 'test'],
  ['sh', '-c', scripts.deploy ?? ''],
])('%s %s says in one line that the packages are not installed', async (program, ...args) => {
  const { exitCode, stdout, stderr } = await run(program, args, { cwd: clone });
  expect(stdout + stderr).toBe(
    `error: the packages that webex-token-vault needs are not installed; run "npm ci" in ${clone}\n`,
  );
  expect(exitCode).toBe(1);
});

it('every script that needs packages begins with that check', () => {
  const unchecked = Object.entries(scripts).filter(
    ([, script]) => !/^(?:node scripts\/installed\.js && |exec node scripts\/webex-token-vault\.js )/.test(script),
  );
  // npm fetches the programs of the first two. The site has packages of its own, and checks them.
  expect(unchecked.map(([name]) => name)).toEqual(['cdktf', 'mutate', 'site', 'reference:client']);
});
