import { tokenSourceFromEnvironment } from '../../client/src/token-source-environment';
import { chooseCredential } from '../../lib/declaration/credential-choice';
import { exampleDeployment } from '../fixtures/declaration';

const deployment = exampleDeployment({
  credentials: [
    { name: 'testauth', integration: 'webex-myapp', scopes: ['spark:people_read'] },
    { name: 'reports', integration: 'webex-myapp', scopes: ['analytics:read_all', 'spark:people_read'] },
  ],
});

describe('tokenSourceFromEnvironment', () => {
  const complete = { VAULT_ADDR: 'http://127.0.0.1:1', VAULT_ROLE_ID: 'role', VAULT_SECRET_ID: 'secret' };

  it.each([
    ['VAULT_SECRET_ID', complete],
    ['the file', { ...complete, VAULT_SECRET_ID: '', VAULT_SECRET_ID_FILE: '/run/secret-id' }],
    ['the wrapping token', { ...complete, VAULT_SECRET_ID: '', VAULT_WRAPPED_SECRET_ID: 'wrap' }],
    ['the OpenBao form', { BAO_ADDR: 'http://127.0.0.1:1', BAO_ROLE_ID: 'role', BAO_SECRET_ID: 'secret' }],
  ])('takes %s', (_, env) => {
    expect(tokenSourceFromEnvironment(deployment, 'testauth', {}, env).credential).toBe('testauth');
  });

  it.each([
    [{ ...complete, VAULT_ROLE_ID: '' }, /VAULT_ROLE_ID is not set.*npm run issue/],
    [{ ...complete, VAULT_SECRET_ID: '' }, /none of VAULT_SECRET_ID, .* is set/],
    [{ ...complete, VAULT_SECRET_ID_FILE: '/run/secret-id' }, /more than one of VAULT_SECRET_ID, .* is set/],
  ])('refuses %p', (env, message) => {
    expect(() => tokenSourceFromEnvironment(deployment, 'testauth', {}, env)).toThrow(message);
  });
});

describe('chooseCredential', () => {
  it('takes the only one that has the scopes', () => {
    expect(chooseCredential(deployment, ['analytics:read_all']).name).toBe('reports');
  });

  it('takes the one that is named', () => {
    expect(chooseCredential(deployment, ['spark:people_read'], 'testauth').name).toBe('testauth');
  });

  it.each([
    [['spark:people_read'], undefined, /"testauth", "reports" all have the scopes.*--credential/],
    [['spark:rooms_read'], undefined, /no credential with scope "spark:rooms_read"; add one/],
    [['analytics:read_all'], 'testauth', /"testauth" lacks scope "analytics:read_all".*--replace/],
    [['analytics:read_all'], 'nope', /unknown credential "nope"/],
  ])('says what to do about scopes %p and name %p', (scopes, name, message) => {
    expect(() => chooseCredential(deployment, scopes, name)).toThrow(message);
  });
});
