import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import {
  NotDeployed,
  NotPermitted,
  TemporarilyUnavailable,
  VaultSealed,
} from '../../../core/src/vault/credential-errors';
import { JwtLogin, type JwtLoginOptions, type JwtMethod } from '../../../client/src/login/jwt-login';
import { VaultConnection } from '../../../core/src/vault/vault-connection';
import { JwtIssuer } from '../../fixtures/identities/jwt-issuer';
import { disposedAfterEach } from '../../fixtures/runs/disposal';
import { loginAnswer, refusal, ScriptedVault } from '../../fixtures/loopback/scripted-vault';
import { useVirtualTime } from '../../fixtures/clocks/virtual-time';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';

const LOGIN = 'PUT auth/jwt/login';
const issuer = new JwtIssuer();

let vault: ScriptedVault;
let folder: string;
let file: string;

useVirtualTime();
const keep = disposedAfterEach();

beforeEach(async () => {
  vault = await ScriptedVault.start();
  vault.answer('auth/jwt/login', loginAnswer('s.login'));
  folder = temporaryFolder();
  file = join(folder, 'token');
  writeFileSync(file, `${issuer.token()}\n`);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await vault[Symbol.asyncDispose]();
});

function login(options: Partial<JwtLoginOptions> = { file }, method?: JwtMethod): JwtLogin {
  const connection = new VaultConnection({ address: vault.address });
  return keep(new JwtLogin(connection, { role: 'people-me', ...options }, method));
}

it.each([
  ['none', {}],
  ['both', { file: 'token', token: () => 'token' }],
])('the constructor throws a TypeError if it gets %s of file and token', (_, options) => {
  expect(() => login(options)).toThrow(new TypeError('give exactly one of file and token'));
});

it('the login sends its role and the JWT to the auth method, and revokes its Vault token when closed', async () => {
  const jwt = login();
  await jwt.vault();
  await jwt[Symbol.asyncDispose]();
  expect(vault.requests).toEqual([LOGIN, 'PUT auth/token/revoke-self']);
  const [{ body = {} } = {}] = vault.exchanges;
  expect(Object.keys(body)).toEqual(['role', 'jwt']);
});

it('the login reads the JWT file at each login', async () => {
  const jwt = login();
  await jwt.vault();
  const next = issuer.token();
  writeFileSync(file, next);
  await jwt.logInAgain();
  expect(vault.exchanges[1]?.body).toEqual({ role: 'people-me', jwt: next });
});

it('the login calls the token function at each login', async () => {
  const tokens = [issuer.token(), issuer.token()];
  const jwt = login({ token: () => Promise.resolve(tokens.shift() ?? '') });
  await jwt.vault();
  await jwt.logInAgain();
  expect(tokens).toEqual([]);
  await expect(jwt.logInAgain()).rejects.toThrow(/^the function "token" gave nothing, and a JWT is needed/);
});

describe('after a refusal', () => {
  beforeEach(() => vault.answer('auth/jwt/login', refusal(400, 'error validating claims: claim "sub" is missing')));

  it('the login does not send a refused JWT again but sends another one from the file at once', async () => {
    const jwt = login();
    await expect(jwt.vault()).rejects.toThrow(NotPermitted);
    await expect(jwt.vault()).rejects.toThrow(NotPermitted);
    expect(vault.count(LOGIN)).toBe(1);
    writeFileSync(file, issuer.token());
    await expect(jwt.vault()).rejects.toThrow(NotPermitted);
    expect(vault.count(LOGIN)).toBe(2);
  });

  it('the login does not call the token function again right after a refusal', async () => {
    const token = jest.fn(() => issuer.token());
    const jwt = login({ token });
    await expect(jwt.vault()).rejects.toThrow(NotPermitted);
    await expect(jwt.vault()).rejects.toThrow(NotPermitted);
    expect(token).toHaveBeenCalledTimes(1);
  });

  it('the login waits at most a minute between refused attempts, because Vault does not lock JWT roles out', async () => {
    const start = Date.now();
    const now = jest.spyOn(Date, 'now');
    const jwt = login();
    const asked: number[] = [];
    for (let seconds = 0; seconds <= 200; seconds += 5) {
      now.mockReturnValue(start + seconds * 1000);
      const before = vault.count(LOGIN);
      await expect(jwt.vault()).rejects.toThrow(NotPermitted);
      asked.push(...(vault.count(LOGIN) > before ? [seconds] : []));
    }
    expect(asked).toEqual([0, 15, 75, 135, 195]);
  });
});

describe('a file that holds no token', () => {
  it.each([
    ['is not there', undefined, /^VAULT_JWT_FILE names .*token, which cannot be read \(ENOENT\); check the path/],
    ['is empty', '\n', /^VAULT_JWT_FILE names .*token, which holds nothing, and a JWT is needed; check that/],
    ['holds something else', 'hush hush', /^VAULT_JWT_FILE names .*token, which holds a text that is not a JWT, /],
  ])('the error explains that the file %s', async (_, content, message) => {
    rmSync(file);
    if (content !== undefined) {
      writeFileSync(file, content);
    }
    const failed = login().vault();
    await expect(failed).rejects.toThrow(message);
    await expect(failed).rejects.not.toThrow(/hush/);
    expect(vault.requests).toEqual([]);
  });

  it('the error names the default service account path of a pod if that file is missing', async () => {
    await expect(login({}, 'kubernetes').vault()).rejects.toThrow(
      /^no service account token is at \/var\/run\/secrets\/kubernetes\.io\/serviceaccount\/token \(ENOENT\), .*; set VAULT_JWT_FILE/,
    );
  });
});

/* The messages are those of OpenBao 2.7.2, copied from its answers. */
describe('the error of a refused login', () => {
  const validating = (reason: string) => refusal(400, `error validating token: ${reason}`);
  const signature = (reason: string) => validating(`error verifying token signature: ${reason}`);
  const dead = 'Get "https://issuer.test/jwks": dial tcp 192.0.2.1:443: connect: connection refused';

  it.each([
    [
      'a method without an issuer',
      refusal(400, 'could not load configuration'),
      NotDeployed,
      /has no configuration yet/,
    ],
    [
      'a method that is not there',
      refusal(404, 'no handler for route'),
      NotDeployed,
      /no auth method is mounted at jwt/,
    ],
    [
      'the clock of Vault alone',
      validating('invalid expiration time (exp) claim: token is expired'),
      NotPermitted,
      /it expired on \d{4}-\d\d-\d\dT\S+Z; check why its issuer has not issued a new one/,
    ],
    [
      'an issuer that cannot be reached',
      signature(`fetching keys oidc: get keys failed ${dead}`),
      TemporarilyUnavailable,
      /cannot reach the issuer to verify the token \(.*connection refused\); try again later/,
    ],
    [
      'an issuer that could not be reached since Vault was started',
      refusal(400, `error configuring token validator: keyset configuration error: ${dead}`),
      TemporarilyUnavailable,
      /cannot reach the issuer/,
    ],
    [
      'an issuer that fails',
      signature('fetching keys oidc: get keys failed: 500 Internal Server Error oops'),
      TemporarilyUnavailable,
      /500 Internal Server Error/,
    ],
    [
      'an issuer whose CA Vault does not trust',
      signature(
        'fetching keys oidc: get keys failed Get "https://issuer.test/jwks": tls: failed to verify certificate: x509: certificate signed by unknown authority',
      ),
      NotDeployed,
      /gets no keys from the issuer .*; have the address and the CA of the issuer corrected/,
    ],
    ['a sealed server', refusal(503, 'Vault is sealed'), VaultSealed, /is sealed; unseal it/],
    ['a rate limit', refusal(429, 'slow down'), TemporarilyUnavailable, /\(429: slow down\); try again later/],
  ])('the error names the side to check for %s', async (_, answer, kind, message) => {
    vault.answer('auth/jwt/login', answer);
    const failed = login().vault();
    await expect(failed).rejects.toBeInstanceOf(kind);
    await expect(failed).rejects.toThrow(message);
    await expect(failed).rejects.toThrow(/^[^\n]*$/);
  });

  it('the error names the side to check for a pod with a wrong role', async () => {
    vault.answer('auth/kubernetes/login', refusal(400, 'invalid role name "people-me"'));
    const failed = login({ file }, 'kubernetes').vault();
    await expect(failed).rejects.toBeInstanceOf(NotDeployed);
    await expect(failed).rejects.toThrow(/there is no role "people-me" at/);
  });

  it('the error says that the JWT has expired, whatever Vault answers', async () => {
    writeFileSync(file, issuer.endedToken());
    vault.answer('auth/kubernetes/login', refusal(403, 'permission denied'));
    await expect(login({ file }, 'kubernetes').vault()).rejects.toThrow(/permission denied\): it expired on /);
  });
});

it('the JWT appears in no message and no inspection', async () => {
  const jwt = issuer.token();
  writeFileSync(file, jwt);
  vault.answer('auth/jwt/login', refusal(400, `what is this: ${jwt}?`, `and ${jwt.split('.')[2] ?? ''}`));
  const refused = login();
  const error: unknown = await refused.vault().catch((reason: unknown) => reason);
  expect(String(error)).toContain('what is this: [hidden]?; and [hidden]');
  for (const part of jwt.split('.').slice(1)) {
    expect(inspect([error, refused], { depth: 9, showHidden: true })).not.toContain(part);
  }
});
