import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';

const DEFAULT = 'https://webexapis.com/v1';

it.each<[string, string]>([
  [DEFAULT, DEFAULT],
  [`${DEFAULT}/`, DEFAULT],
  ['https://integration.webexapis.com/v1//', 'https://integration.webexapis.com/v1'],
  ['http://127.0.0.1:8080/v1', 'http://127.0.0.1:8080/v1'],
  ['http://localhost:8080', 'http://localhost:8080'],
])('Webex may be at %s', (apiUrl, taken) => {
  expect(exampleDeployment({ webex: { apiUrl } }).webex.apiUrl).toBe(taken);
});

it.each([
  [
    'http://webexapis.com/v1',
    'must be https, because tokens go there, got "http://webexapis.com/v1"; use "https://webexapis',
  ],
  ['webexapis.com', 'must be an http or https URL, got "webexapis.com"'],
  [
    'https://webexapis.com/v1?x=y',
    'must have no query and no fragment, got "https://webexapis.com/v1?x=y"; leave out the part from "?" on',
  ],
])('Webex may not be at %s', (apiUrl, problem) => {
  expect(() => exampleDeployment({ webex: { apiUrl } })).toThrow(`webex.apiUrl ${problem}`);
});

it('the address of Vault must hold no user and password, and the error does not repeat them', () => {
  const define = () => exampleDeployment({ vault: { address: 'https://joe:s3cret@vault.example:8200' } });
  expect(define).toThrow('vault.address must hold no user and password');
  expect(define).not.toThrow('s3cret');
});

describe('the address of Vault', () => {
  const environment = process.env;

  afterEach(() => (process.env = environment));

  it.each(['https://vault.example.com:8200', 'http://127.0.0.1:8200', 'http://localhost:8200', 'http://[::1]:8200'])(
    'the address of Vault may be %s',
    (address) => {
      expect(exampleDeployment({ vault: { address } }).vault.address).toBe(address);
    },
  );

  it('the address of Vault may be plain HTTP to another machine only if VAULT_ALLOW_HTTP is set', () => {
    const address = 'http://vault.example.com:8200';
    const define = () => exampleDeployment({ vault: { address } });
    expect(define).toThrow(
      `vault.address must be https, because tokens go there, got "${address}"; use "https://vault.example.com:8200", or set VAULT_ALLOW_HTTP=true if a service mesh encrypts`,
    );
    process.env = { ...environment, VAULT_ALLOW_HTTP: 'true' };
    expect(define().vault.address).toBe(address);
  });
});

describe('the redirect URL of an integration', () => {
  const declared = (redirectUrl: string) =>
    exampleDeployment({ integrations: [{ name: 'webex-myapp', redirectUrl }] }).integrations[0]?.redirectUrl;

  it.each(['http://localhost:5000', 'http://127.0.0.1:1/a', 'http://[::1]:9/', 'https://grants.example.com/callback'])(
    'the redirect URL of an integration may be %s',
    (redirectUrl) => expect(declared(redirectUrl)).toBe(redirectUrl),
  );

  it.each([
    'http://grants.example.com/callback',
    'https://grants.example.com',
    'https://grants.example.com/webex/',
    'https://localhost/callback',
    'https://127.0.0.1/callback',
    'https://[::1]/callback',
    'https://joe@grants.example.com/callback',
    'https://grants.example.com/callback?x=y',
    'https://grants.example.com/callback#x',
    'grants.example.com/callback',
  ])('the redirect URL of an integration may not be %s', (redirectUrl) => {
    expect(() => declared(redirectUrl)).toThrow(
      `integrations[0].redirectUrl must be an http URL on loopback, or an https URL of another host and with a path, got "${redirectUrl}"`,
    );
  });
});
