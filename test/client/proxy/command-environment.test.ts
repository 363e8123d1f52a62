import { commandEnvironment } from '../../../client/src/proxy/command-environment';

const access = { origin: 'http://127.0.0.1:18201', key: 'the-key-of-the-run' };

/** The environment that the command gets. */
function commandOf(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const merged = { ...env, ...commandEnvironment(access, env) };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}

const given = { WEBEX_ACCESS_TOKEN: access.key, WEBEX_BASE_URL: 'http://127.0.0.1:18201/v1/' };

it('a command gets the key and the address of the proxy beside its own variables', () => {
  expect(commandOf({ PATH: '/bin', HOME: '/home/me', WEBEX_ACCESS_TOKEN: 'old' })).toEqual({
    PATH: '/bin',
    HOME: '/home/me',
    ...given,
  });
});

it('a command gets no variable of the identity', () => {
  const variables = [
    'VAULT_ADDR',
    'BAO_ADDR',
    'VAULT_TOKEN',
    'BAO_TOKEN',
    'VAULT_ROLE_ID',
    'VAULT_SECRET_ID',
    'BAO_SECRET_ID',
    'VAULT_SECRET_ID_FILE',
    'VAULT_WRAPPED_SECRET_ID',
    'VAULT_JWT',
    'VAULT_JWT_FILE',
    'VAULT_CLIENT_CERT',
    'VAULT_CLIENT_KEY',
    'VAULT_AUTH_METHOD',
    'VAULT_ROLE',
    'OAUTHAPP_MOUNT',
    'APPROLE_MOUNT',
    'WEBEX_ALLOW',
    'ACTIONS_ID_TOKEN_REQUEST_URL',
    'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
    'CI_JOB_JWT',
    'CI_JOB_JWT_V2',
  ];
  const env = Object.fromEntries(variables.map((name) => [name, `value of ${name}`]));
  expect(commandOf({ ...env, VAULTING: 'a sport' })).toEqual({ VAULTING: 'a sport', ...given });
});

it.each(['VAULT_TOKEN', 'BAO_TOKEN', 'VAULT_SECRET_ID', 'VAULT_WRAPPED_SECRET_ID', 'VAULT_JWT'])(
  'a command gets no copy of the value of %s under another name',
  (name) => {
    const env = { [name]: 'the-secret', MY_COPY: 'the-secret', OTHER: 'the-secret-santa' };
    expect(commandOf(env)).toEqual({ OTHER: 'the-secret-santa', ...given });
  },
);

it('an empty secret removes no other empty variable', () => {
  expect(commandOf({ VAULT_TOKEN: '', EMPTY: '' })).toEqual({ EMPTY: '', ...given });
});

it.each(['http_proxy', 'HTTP_PROXY', 'ALL_PROXY', 'all_proxy'])(
  'a command does not call the proxy through the proxy of %s',
  (name) => {
    expect(commandOf({ [name]: 'http://proxy.example', NO_PROXY: 'intra.example' })).toMatchObject({
      no_proxy: 'intra.example,127.0.0.1',
      NO_PROXY: 'intra.example,127.0.0.1',
    });
  },
);

it('a command without a proxy of the network gets no NO_PROXY', () => {
  expect(commandOf({ HTTPS_PROXY: 'http://proxy.example' })).toEqual({
    HTTPS_PROXY: 'http://proxy.example',
    ...given,
  });
});
