import { credentialsFromEnvironment, tokenSourceFromEnvironment } from '../../client/src/token-source-environment';

const complete = { VAULT_ADDR: 'http://127.0.0.1:1', VAULT_ROLE_ID: 'role', VAULT_SECRET_ID: 'secret' };

it.each([
  ['VAULT_SECRET_ID', complete],
  ['the file', { ...complete, VAULT_SECRET_ID: '', VAULT_SECRET_ID_FILE: '/run/secret-id' }],
  ['the wrapping token', { ...complete, VAULT_SECRET_ID: '', VAULT_WRAPPED_SECRET_ID: 'wrap' }],
  ['an empty VAULT_TOKEN', { ...complete, VAULT_TOKEN: '' }],
  [
    'a file for a renewed secret id',
    { ...complete, VAULT_SECRET_ID: '', VAULT_SECRET_ID_FILE: '/run/secret-id', VAULT_RENEW_SECRET_ID: 'true' },
  ],
  ['a secret id that is not renewed', { ...complete, VAULT_RENEW_SECRET_ID: 'false' }],
  [
    'plain HTTP that is allowed',
    { ...complete, VAULT_ADDR: 'http://vault.example.com:8200', VAULT_ALLOW_HTTP: 'true' },
  ],
  [
    'plain HTTP that the OpenBao form allows',
    { ...complete, VAULT_ADDR: 'http://vault.example.com:8200', BAO_ALLOW_HTTP: 'true' },
  ],
  ['the OpenBao form', { BAO_ADDR: 'http://127.0.0.1:1', BAO_ROLE_ID: 'role', BAO_SECRET_ID: 'secret' }],
])('tokenSourceFromEnvironment accepts %s', (_, env) => {
  expect(tokenSourceFromEnvironment('testauth', {}, env).credential).toBe('testauth');
});

it.each([
  [{ ...complete, VAULT_ROLE_ID: '' }, /VAULT_ROLE_ID is not set|there is a secret id but no role id/],
  [{ ...complete, VAULT_SECRET_ID: '' }, /none of VAULT_SECRET_ID, .* is set/],
  [{ ...complete, VAULT_SECRET_ID_FILE: '/run/secret-id' }, /more than one of VAULT_SECRET_ID, .* is set/],
  [{ ...complete, VAULT_RENEW_SECRET_ID: 'true' }, /^VAULT_RENEW_SECRET_ID is set, .*; set VAULT_SECRET_ID_FILE/],
  [
    { ...complete, VAULT_ADDR: 'http://vault.example.com:8200' },
    /unencrypted .*; use https in VAULT_ADDR, or set VAULT_A/,
  ],
  [{ ...complete, VAULT_ALLOW_HTTP: 'yes' }, /^VAULT_ALLOW_HTTP must be true or false, got "yes"; set/],
  [{ ...complete, VAULT_ADDR: 'vault:8200' }, /^VAULT_ADDR must be an http or https URL, got "vault:8200"/],
  [{ ...complete, VAULT_ADDR: 'http://' }, /must be an http or https URL, got "http:\/\/"/],
  [{ ...complete, VAULT_ADDR: 'https://vault.test/?a=b' }, /must be an http or https URL/],
  [{ ...complete, VAULT_ADDR: 'ftp://u:hush@x' }, /^VAULT_ADDR must hold no user and password/],
  [
    { ...complete, VAULT_ADDR: 'https://u:hush@vault.test' },
    /VAULT_ADDR must hold no user and password, .*; leave them/,
  ],
  [{ ...complete, VAULT_ADDR: 'https://u:hush/x@vault.test' }, /VAULT_ADDR must hold no user and password/],
  [{ ...complete, BAO_ADDR: 'https://hush@vault.test' }, /^BAO_ADDR must hold no user and password/],
  [{ ...complete, VAULT_RENEW_SECRET_ID: 'yes' }, /^VAULT_RENEW_SECRET_ID must be true or false, got "yes"; set/],
])('tokenSourceFromEnvironment refuses %p', (env, message) => {
  const refused = () => tokenSourceFromEnvironment('testauth', {}, env);
  expect(refused).toThrow(message);
  expect(refused).not.toThrow(/hush/);
});

it('credentialsFromEnvironment returns each name of WEBEX_CREDENTIALS once', () => {
  const WEBEX_CREDENTIALS = ' people-me-acme people-me-globex\n people-me-acme ';
  expect(credentialsFromEnvironment({ WEBEX_CREDENTIALS })).toEqual(['people-me-acme', 'people-me-globex']);
});

it.each([undefined, '', ' '])('credentialsFromEnvironment refuses %j, because a loop would do nothing', (value) => {
  expect(() => credentialsFromEnvironment({ WEBEX_CREDENTIALS: value })).toThrow(
    'WEBEX_CREDENTIALS names no credential',
  );
});
