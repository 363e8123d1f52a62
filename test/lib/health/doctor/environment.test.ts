import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkEnvironment, environmentAdvice } from '../../../../lib/health/doctor/environment';
import { operatorFolderAdvice } from '../../../../lib/health/doctor/operator-folder-advice';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';

const NODE = '24.21.0';

it.each<[string, NodeJS.ProcessEnv, RegExp]>([
  ['an empty VAULT_TOKEN', { VAULT_TOKEN: '' }, /^VAULT_TOKEN is set but empty.*; set it to a token, or unset it$/],
  ['an empty BAO_TOKEN', { BAO_TOKEN: '', VAULT_TOKEN: 'x' }, /^BAO_TOKEN is set but empty/],
  ['an address that is no URL', { VAULT_ADDR: 'localhost' }, /^VAULT_ADDR must be an http or https URL/],
  ['a password in an address', { BAO_ADDR: 'https://a:hush@b' }, /^BAO_ADDR must hold no user and password/],
  ['a CA that is not there', { VAULT_CACERT: '/none.pem' }, /^VAULT_CACERT names \/none.pem, which cannot be read/],
  ['a CA that is none', { VAULT_CACERT: __filename }, /which holds no PEM certificate/],
  [
    'two addresses',
    { BAO_ADDR: 'https://a', VAULT_ADDR: 'https://b' },
    /^BAO_ADDR and VAULT_ADDR differ: .*; unset BAO_ADDR or VAULT_ADDR$/,
  ],
  ['two tokens, neither of which it says', { BAO_TOKEN: 'hush-1', VAULT_TOKEN: 'hush-2' }, /^((?!hush).)*$/],
])('the environment check finds %s', (_, env, problem) => {
  expect(() => checkEnvironment(env, NODE)).toThrow(problem);
});

it.each(['18.20.4', '20.18.9', '9.0.0'])('the environment check finds that Node %s is too old', (version) => {
  expect(() => checkEnvironment({}, version)).toThrow(`this is Node ${version}, and webex-token-vault needs 20.19`);
});

it.each(['20.19.0', '22.0.0', process.versions.node])('the environment check accepts Node %s', (version) => {
  expect(checkEnvironment({}, version)).toContain(`Node ${version}`);
});

it('the finding names the variables that are set, and no value', () => {
  const detail = checkEnvironment({ VAULT_ADDR: 'https://vault.example', VAULT_TOKEN: 'hush' }, NODE);
  expect(detail).toBe(`Node ${NODE}; VAULT_ADDR, VAULT_TOKEN set`);
});

it.each<[string, NodeJS.ProcessEnv, string]>([
  ['what is empty', { VAULT_NAMESPACE: '' }, 'VAULT_NAMESPACE is set but empty'],
  ['certificates that nobody checks', { VAULT_SKIP_VERIFY: 'true' }, 'send tokens to any server that answers'],
  ['a folder of CAs', { VAULT_CAPATH: '/etc/ssl' }, 'this program does not read it'],
])('the advice warns of %s', (_, env, said) => {
  expect(environmentAdvice(env)).toMatchObject([{ kind: 'advice', detail: expect.stringContaining(said) as string }]);
});

it('an environment in order gets no advice', () => {
  expect(environmentAdvice({ VAULT_ADDR: 'https://vault.example', VAULT_SKIP_VERIFY: 'false' })).toEqual([]);
});

describe('the folder of logins', () => {
  const folder = temporaryFolder();

  it('a missing or entirely private login folder gets no advice', async () => {
    writeFileSync(join(folder, 'observer-secret-id'), 'hush', { mode: 0o600 });
    writeFileSync(join(folder, 'cluster-id'), 'x', { mode: 0o644 });
    expect(await operatorFolderAdvice(join(folder, 'none'))).toEqual([]);
    expect(await operatorFolderAdvice(folder)).toEqual([]);
  });

  it('the advice names readable login files and key shares that are together', async () => {
    const login = join(folder, 'observer-secret-id');
    writeFileSync(join(folder, 'key-share-1'), 'hush', { mode: 0o600 });
    chmodSync(folder, 0o755);
    chmodSync(login, 0o640);
    expect((await operatorFolderAdvice(folder)).map(({ next }) => next)).toEqual([
      `chmod 700 ${folder}`,
      `chmod 600 ${login}`,
      'give each to its keeper, and delete it here',
    ]);
  });
});
