import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refuseVisibleToGit } from '../../../lib/files/git-visibility';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

let folder: string;
const environment = process.env;

beforeEach(() => {
  folder = realpathSync(temporaryFolder());
  execFileSync('git', ['init', '--quiet', folder]);
  writeFileSync(join(folder, '.gitignore'), 'secrets/\n*.snap\n');
});
afterEach(() => (process.env = environment));

test.each(['grants.snap', 'secrets/operators', 'secrets/tls/ca/ca-key.pem'])(
  'the path %s is accepted, because git ignores it',
  async (path) => {
    await expect(refuseVisibleToGit(join(folder, path))).resolves.toBeUndefined();
  },
);

test.each(['grants', 'new/folder/secret-id', 'here/secret-id'])(
  'the path %s is refused, because the next commit may include it',
  async (path) => {
    mkdirSync(join(folder, 'here'));
    await expect(refuseVisibleToGit(join(folder, path))).rejects.toThrow(
      `git does not ignore ${join(folder, path)}, so a commit could include it; add it to .gitignore, or choose a place outside of the work tree`,
    );
  },
);

test('a path is accepted if it lies outside of any work tree or if git is missing', async () => {
  rmSync(join(folder, '.git'), { recursive: true });
  await expect(refuseVisibleToGit(join(folder, 'grants'))).resolves.toBeUndefined();
  execFileSync('git', ['init', '--quiet', folder]);
  process.env = { ...environment, PATH: '/nowhere' };
  await expect(refuseVisibleToGit(join(folder, 'grants'))).resolves.toBeUndefined();
});

test('git gets no secret in its environment', async () => {
  writeFileSync(join(folder, 'git'), `#!/bin/sh\nenv > ${folder}/noted\n`, { mode: 0o755 });
  process.env = { ...environment, PATH: `${folder}:${environment.PATH ?? ''}`, VAULT_TOKEN: 'v', TF_VAR_x: 's' };
  await refuseVisibleToGit(join(folder, 'secrets/operators'));
  const noted = readFileSync(join(folder, 'noted'), 'utf8');
  expect(noted).toContain('PATH=');
  expect(noted).not.toMatch(/^(VAULT_TOKEN|TF_VAR_x)=/m);
});

test('the check ignores a repository that the environment names', async () => {
  process.env = { ...environment, GIT_DIR: '/nowhere' };
  await expect(refuseVisibleToGit(join(folder, 'grants'))).rejects.toThrow('git does not ignore');
});

/* Files of the commands on this project's pages, typed in a clone. */
test.each([
  'grants.snap',
  'before.snap',
  'secrets/operators/key-share-1',
  'secrets/tls/ca/ca-key.pem',
  'secrets/seal.key',
  'agent/secret-id',
  'people-me.secret-id',
  'webex-tokens.tfplan',
  'plugins/vault-plugin-secrets-oauthapp',
])('a clone of this project ignores %s', async (path) => {
  await expect(refuseVisibleToGit(join(__dirname, '../../..', path))).resolves.toBeUndefined();
});
