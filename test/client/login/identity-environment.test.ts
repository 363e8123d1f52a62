import { identityFromEnvironment } from '../../../client/src/login/identity-environment';
import { JwtIssuer } from '../../fixtures/identities/jwt-issuer';

const jwt = new JwtIssuer().token();
const JWT = { VAULT_AUTH_METHOD: 'jwt', VAULT_ROLE: 'people-me' };
const POD = { VAULT_AUTH_METHOD: 'kubernetes', VAULT_ROLE: 'people-me' };
const CERT = { VAULT_AUTH_METHOD: 'cert', VAULT_ROLE: 'people-me' };
const FILES = { VAULT_CLIENT_CERT: '/run/cert.pem', VAULT_CLIENT_KEY: '/run/key.pem' };
const GITHUB = {
  GITHUB_ACTIONS: 'true',
  ACTIONS_ID_TOKEN_REQUEST_URL: 'https://github.test/token',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'hush',
};
const function_ = expect.any(Function) as unknown;

it.each([
  ['nobody', {}, undefined],
  ['nobody, whatever else there is', { VAULT_ROLE: 'r', VAULT_CLIENT_CERT: '/run/cert.pem' }, undefined],
  [
    'an AppRole',
    { VAULT_AUTH_METHOD: 'approle', VAULT_ROLE_ID: 'r', VAULT_SECRET_ID: 's' },
    expect.objectContaining({ roleId: 'r' }),
  ],
  [
    'a token in a file',
    { ...JWT, VAULT_JWT_FILE: '/run/jwt' },
    { jwt: { role: 'people-me', mountPath: 'jwt', file: '/run/jwt' } },
  ],
  [
    'a token of GitLab',
    { ...JWT, VAULT_JWT: jwt, VAULT_AUTH_MOUNT: '/gitlab/' },
    { jwt: { role: 'people-me', mountPath: 'gitlab', token: function_ } },
  ],
  ['a job of GitHub', { ...JWT, ...GITHUB }, { jwt: { role: 'people-me', mountPath: 'jwt', token: function_ } }],
  [
    'a token in a file also on GitHub',
    { ...JWT, ...GITHUB, VAULT_JWT_FILE: '/run/jwt' },
    { jwt: { role: 'people-me', mountPath: 'jwt', file: '/run/jwt' } },
  ],
  ['a pod', POD, { kubernetes: { role: 'people-me', mountPath: 'kubernetes', file: undefined } }],
  [
    'a pod with a token of its own',
    { ...POD, BAO_JWT_FILE: '/run/jwt', VAULT_AUTH_MOUNT: 'cluster' },
    { kubernetes: { role: 'people-me', mountPath: 'cluster', file: '/run/jwt' } },
  ],
  [
    'a certificate',
    { ...CERT, ...FILES },
    { cert: { role: 'people-me', mountPath: 'cert', certFile: '/run/cert.pem', keyFile: '/run/key.pem' } },
  ],
])('the environment identifies %s', (_, env, identity) => {
  expect(identityFromEnvironment(env)).toEqual(identity);
});

it.each([
  [
    { VAULT_AUTH_METHOD: 'ldap' },
    /^VAULT_AUTH_METHOD must be one of "approle", "jwt", "kubernetes", "cert", got "ldap"/,
  ],
  [{ VAULT_AUTH_METHOD: 'approle' }, /^VAULT_AUTH_METHOD is approle, and VAULT_ROLE_ID is not set; set it and/],
  [{ VAULT_AUTH_METHOD: 'jwt', VAULT_JWT: jwt }, /^VAULT_AUTH_METHOD is jwt, and VAULT_ROLE is not set, .*; set it to/],
  [{ ...JWT, VAULT_ROLE_ID: 'r' }, /^there are two identities, VAULT_AUTH_METHOD=jwt and VAULT_ROLE_ID; unset one/],
  [
    { ...POD, VAULT_WRAPPED_SECRET_ID: 'hush' },
    /two identities, VAULT_AUTH_METHOD=kubernetes and VAULT_WRAPPED_SECRET/,
  ],
  [{ ...CERT, ...FILES, VAULT_JWT: 'hush' }, /two identities, VAULT_AUTH_METHOD=cert and VAULT_JWT;/],
  [{ ...JWT, VAULT_JWT: 'hush', VAULT_JWT_FILE: '/run/jwt' }, /two identities, VAULT_JWT and VAULT_JWT_FILE/],
  [{ ...JWT, VAULT_JWT: 'hush' }, /^VAULT_JWT holds a text that is not a JWT, .*; put only the token there/],
  [JWT, /^VAULT_AUTH_METHOD is jwt, and there is no token; set VAULT_JWT_FILE to .*, or VAULT_JWT to the token/],
  [{ ...JWT, GITHUB_ACTIONS: 'true' }, /^this job may not request a token from GitHub .*id-token: write/],
  [{ ...CERT, VAULT_CLIENT_KEY: '/run/key.pem' }, /^VAULT_AUTH_METHOD is cert, and VAULT_CLIENT_CERT is not set; set/],
  [{ ...CERT, VAULT_CLIENT_CERT: '/run/cert.pem' }, /^VAULT_AUTH_METHOD is cert, and VAULT_CLIENT_KEY is not set/],
])('the reader refuses %p', (env, message) => {
  const refused = () => identityFromEnvironment(env);
  expect(refused).toThrow(message);
  expect(refused).not.toThrow(/hush/);
});
