import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NotPermitted, TemporarilyUnavailable, VaultConnection } from '#core';
import { loginAs, TokenSource, tokenSourceFromEnvironment, type LoginIdentity } from 'webex-token-client';
import { policyNameOf } from '../../../lib/declaration/derived/policy-names';
import { CertificateAuthority, type IssuedCertificate } from '../../../lib/server/certificates/certificate-authority';
import { OpenBaoServer } from '../../../rehearsal/server/openbao';
import { eventually } from '../../../rehearsal/eventually';
import { isOnVault } from '../../../rehearsal/server/is-on-vault';
import { JwtIssuer } from '../../fixtures/identities/jwt-issuer';
import { LongTimers } from '../../fixtures/clocks/long-timers';
import { RecordingServer } from '../../fixtures/loopback/recording-server';
import { PythonApp } from '../../fixtures/programs/python-app';
import { runScript } from '../../fixtures/programs/script';
import { temporaryFolder } from '../../fixtures/runs/temporary-folder';
import { KubernetesCluster } from '../../../rehearsal/identity/kubernetes-cluster';
import { WrittenVault } from '../../../rehearsal/written-vault';

/* Each identity on the real server, with the app's policy. */

const ROLE = 'people-me';
const ACCOUNT = { namespace: 'apps', name: 'people-me' };
const HOUR_MS = 3_600_000;
const TOKEN_APP = join(__dirname, '../../python/programs/token_app.py');

let folder: string;
let authority: CertificateAuthority;
let issuer: JwtIssuer;
let cluster: KubernetesCluster;
let vault: WrittenVault;
let certificate: IssuedCertificate;

const path = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = temporaryFolder();
  authority = await CertificateAuthority.create();
  issuer = new JwtIssuer();
  writePair('server', await issued('localhost'));
  writeFileSync(path('ca.pem'), authority.certificatePem);
  cluster = await KubernetesCluster.start();
  for (const account of ['apps/people-me', 'apps/other', 'other/people-me']) {
    cluster.delegators.add(account);
  }
  vault = await WrittenVault.start({}, { tls: { certFile: path('server.pem'), keyFile: path('server.key') } });
  await vault.authorize();
  // Writes the policy of the app.
  await vault.appLogin(ROLE);
  await declareIdentities();
});
afterAll(async () => {
  await vault[Symbol.asyncDispose]();
  await cluster[Symbol.asyncDispose]();
});

beforeEach(async () => {
  certificate = await issued('app.test');
  writePair('app', certificate);
  writeFileSync(path('jwt'), `${issuer.token()}\n`);
  writeFileSync(path('pod'), podToken());
});

async function declareIdentities(): Promise<void> {
  const { admin } = vault;
  const policies = { token_policies: [policyNameOf('oauthapp', `app-${ROLE}`)], token_no_default_policy: true };
  const jwtRole = {
    ...policies,
    role_type: 'jwt',
    user_claim: 'sub',
    bound_audiences: ['webex-token-vault'],
    bound_claims: { sub: ROLE },
  };
  await admin.write('sys/auth/jwt', { type: 'jwt' });
  await admin.write('auth/jwt/config', { jwt_validation_pubkeys: [issuer.publicKeyPem], bound_issuer: issuer.issuer });
  await admin.write(`auth/jwt/role/${ROLE}`, jwtRole);
  await admin.write('sys/auth/unreachable', { type: 'jwt' });
  {
    // The issuer runs only while the method is configured.
    await using keys = await RecordingServer.start((_, response) => response.end('{"keys": []}'));
    await admin.write('auth/unreachable/config', { jwks_url: `${keys.address}/jwks` });
  }
  await admin.write(`auth/unreachable/role/${ROLE}`, jwtRole);
  await admin.write('sys/auth/kubernetes', { type: 'kubernetes' });
  await admin.write('auth/kubernetes/config', {
    kubernetes_host: cluster.address,
    kubernetes_ca_cert: cluster.ca,
    disable_local_ca_jwt: true,
  });
  await admin.write(`auth/kubernetes/role/${ROLE}`, {
    ...policies,
    bound_service_account_names: [ACCOUNT.name],
    bound_service_account_namespaces: [ACCOUNT.namespace],
    audience: 'webex-token-vault',
  });
  const certRole = { ...policies, certificate: authority.certificatePem, allowed_dns_sans: ['app.test'] };
  await admin.write('sys/auth/cert', { type: 'cert' });
  await admin.write(`auth/cert/certs/${ROLE}`, certRole);
  await admin.write('auth/cert/certs/renewed', { ...certRole, token_ttl: '10h', token_max_ttl: '20h' });
}

function issued(name: string, ca = authority, options = {}): Promise<IssuedCertificate> {
  return ca.issue({ commonName: name, dnsNames: [name], ipAddresses: [], ...options });
}

function writePair(name: string, { certificatePem, privateKeyPem }: IssuedCertificate): void {
  writeFileSync(path(`${name}.pem`), certificatePem);
  writeFileSync(path(`${name}.key`), privateKeyPem);
}

function podToken(account = ACCOUNT): string {
  const { namespace, name: serviceAccount } = account;
  return cluster.token({ namespace, serviceAccount, audiences: ['webex-token-vault', cluster.audience] });
}

/** An app's environment, as the commands print it. */
function environmentOf(method: string): Record<string, string> {
  const files: Record<string, Record<string, string>> = {
    jwt: { VAULT_JWT_FILE: path('jwt') },
    kubernetes: { VAULT_JWT_FILE: path('pod') },
    cert: {
      VAULT_ADDR: vault.server.tlsAddress ?? '',
      VAULT_CACERT: path('ca.pem'),
      VAULT_CLIENT_CERT: path('app.pem'),
      VAULT_CLIENT_KEY: path('app.key'),
    },
  };
  return { VAULT_ADDR: vault.server.address, VAULT_AUTH_METHOD: method, VAULT_ROLE: ROLE, ...files[method] };
}

function source(identity: LoginIdentity, address = vault.server.address): TokenSource {
  const ca = authority.certificatePem;
  return new TokenSource({ address, ca, credential: 'testauth', retry: { attempts: 1 }, holdOffMs: 0, ...identity });
}

const cert = (role: string) => ({ cert: { role, certFile: path('app.pem'), keyFile: path('app.key') } });

const webexToken = (env: Record<string, string>) => runScript('webex-token', ['testauth'], env);

const accessors = () => vault.admin.list('auth/token/accessors');

const liveTokens = async () => (await accessors()).length;

/** Revokes the Vault token of the login since `before`. */
async function endLogins(before: readonly string[]): Promise<void> {
  const since = (await accessors()).filter((accessor) => !before.includes(accessor));
  expect(since).toHaveLength(1);
  await vault.admin.write('auth/token/revoke-accessor', { accessor: since[0] });
}

describe.each(['jwt', 'kubernetes', 'cert'])('an app with identity %s', (method) => {
  it('the app gets its token through its environment, and closing the source revokes the Vault token', async () => {
    const before = await liveTokens();
    const tokens = tokenSourceFromEnvironment('testauth', {}, environmentOf(method));
    expect(vault.issued).toContain((await tokens.token()).accessToken);
    expect(await liveTokens()).toBe(before + 1);
    await tokens[Symbol.asyncDispose]();
    expect(await liveTokens()).toBe(before);
  });

  it('an app in Python gets its token through the same environment, and revokes its Vault token', async () => {
    const before = await liveTokens();
    const env = { ...environmentOf(method), WEBEX_API_URL: vault.webex.apiUrl };
    await using app = await PythonApp.start([TOKEN_APP], env);
    expect(await app.ask()).toMatch(/^\[200\] \S+$/);
    expect([await app.ends(), await liveTokens()]).toEqual(['', before]);
  });

  it("webex-token prints the app's token and revokes its own Vault token", async () => {
    const before = await liveTokens();
    const { stdout, stderr, exitCode } = await webexToken(environmentOf(method));
    expect([stderr, exitCode]).toEqual(['', 0]);
    expect(vault.issued).toContain(stdout.trim());
    expect(await liveTokens()).toBe(before);
  });

  it('webex-token explains that the role is missing or does not fit the app', async () => {
    const { stdout, stderr, exitCode } = await webexToken({ ...environmentOf(method), VAULT_ROLE: 'another' });
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error: [^\n]*set VAULT_ROLE to the name of the app[^\n]*\n$/);
    expect(exitCode).toBe(method === 'cert' ? 5 : 1);
  });

  it('the error says that no auth method is mounted at the given path', async () => {
    const env = { ...environmentOf(method), VAULT_AUTH_MOUNT: 'nowhere' };
    await expect(tokenSourceFromEnvironment('testauth', {}, env).token()).rejects.toThrow(
      /^Vault does not log the (?:token|certificate) in at auth\/nowhere as "people-me" \(403: permission denied\): .*no auth method is mounted there/,
    );
  });
});

describe('a JWT', () => {
  const jwt = (options = {}) => ({ jwt: { role: ROLE, file: path('jwt'), ...options } });

  it('a JWT logs in several sources until it expires', async () => {
    const token = issuer.token();
    await using first = source({ jwt: { role: ROLE, token: () => token } });
    await using second = source({ jwt: { role: ROLE, token: () => token } });
    expect((await first.token()).accessToken).toBe((await second.token()).accessToken);
  });

  it('Vault refuses an expired JWT', async () => {
    const token = issuer.endedToken();
    const { stdout, stderr, exitCode } = await webexToken({
      ...environmentOf('jwt'),
      VAULT_JWT_FILE: '',
      VAULT_JWT: token,
    });
    expect([stdout, exitCode]).toEqual(['', 5]);
    expect(stderr).toMatch(
      /^error: Vault does not log the token in .*\(exp\).*: it expired on \S+Z; check why [^\n]+\n$/,
    );
    expect(stderr).not.toContain(token.split('.')[1]);
  });

  it('the source reads the JWT from its file at each login', async () => {
    const before = await accessors();
    await using tokens = source(jwt());
    const reading = await tokens.token();
    writeFileSync(path('jwt'), issuer.endedToken());
    await endLogins(before);
    tokens.reject(reading);
    await expect(tokens.token()).rejects.toThrow(/it expired on/);
    writeFileSync(path('jwt'), issuer.token());
    expect(vault.issued).toContain((await tokens.token()).accessToken);
  });

  it.each([
    ['another audience', { aud: 'vault' }, /its audience "vault" is not the declared one/],
    ['another issuer', { iss: 'https://other.test' }, /its issuer "https:\/\/other\.test" is not the declared one/],
    ['another claim', { sub: 'someone-else' }, /claim "sub" does not match .*compare the claims/],
    ['no such claim', { sub: undefined }, /claim "sub" .*compare the claims/],
    ['a start in the future', { nbf: Date.now() / 1000 + 999 }, /the clocks of its issuer/],
  ])('Vault refuses a JWT with %s, and the error names the side to check', async (_, claims, message) => {
    writeFileSync(path('jwt'), issuer.token(claims));
    await using tokens = source(jwt());
    const failed = tokens.token();
    await expect(failed).rejects.toBeInstanceOf(NotPermitted);
    await expect(failed).rejects.toThrow(message);
  });

  it('Vault refuses a JWT signed by another key, even if the JWT names the right issuer', async () => {
    writeFileSync(path('jwt'), new JwtIssuer(issuer.issuer).token());
    await using tokens = source(jwt());
    await expect(tokens.token()).rejects.toThrow(/no key of the declared issuer signed it/);
  });

  it('a login fails as temporarily unavailable while the issuer of the JWT is down', async () => {
    await using tokens = source(jwt({ mountPath: 'unreachable' }));
    await expect(tokens.token()).rejects.toBeInstanceOf(TemporarilyUnavailable);
    const { stderr, exitCode } = await webexToken({ ...environmentOf('jwt'), VAULT_AUTH_MOUNT: 'unreachable' });
    expect(stderr).toMatch(/cannot reach the issuer to verify the token .*connection refused.*; try again later/);
    expect(exitCode).toBe(4);
  });

  it('an app on GitHub requests its JWT for the audience of the app', async () => {
    await using github = await RecordingServer.start(({ url }, response) => {
      const aud = new URL(url, 'https://github.test').searchParams.get('audience');
      response.end(JSON.stringify({ value: issuer.token({ aud }) }));
    });
    const job = {
      ...environmentOf('jwt'),
      VAULT_JWT_FILE: '',
      GITHUB_ACTIONS: 'true',
      ACTIONS_ID_TOKEN_REQUEST_URL: `${github.address}/?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'bearer',
    };
    expect(vault.issued).toContain((await webexToken(job)).stdout.trim());
    const other = await webexToken({ ...job, VAULT_JWT_AUDIENCE: 'other' });
    expect(other.stderr).toMatch(/its audience "other" is .*VAULT_JWT_AUDIENCE on GitHub/);
    expect(other.exitCode).toBe(5);
  });
});

describe('a pod', () => {
  const pod = { kubernetes: { role: ROLE, file: '' } };
  beforeEach(() => (pod.kubernetes.file = path('pod')));

  it.each([
    ['another service account', { ...ACCOUNT, name: 'other' }, /service account name not authorized.*run this under/],
    ['another namespace', { ...ACCOUNT, namespace: 'other' }, /namespace not authorized.*run this under/],
  ])('Vault refuses a pod token of %s', async (_, account, message) => {
    writeFileSync(path('pod'), podToken(account));
    await using tokens = source(pod);
    await expect(tokens.token()).rejects.toThrow(message);
  });

  it('Vault refuses a pod token that the cluster has withdrawn', async () => {
    cluster.deletePodOf(readFileSync(path('pod'), 'utf8'));
    await using tokens = source(pod);
    await expect(tokens.token()).rejects.toThrow(/permission denied\): the cluster does not know the token, Vault/);
  });
});

/** HashiCorp Vault has one text for another name, another CA and a missing role. */
const ANY_CAUSE = /its CA, or its DNS name or URI, is not the declared one, or there is no such/;
const ANOTHER_NAME = isOnVault ? ANY_CAUSE : /from the declared CA, but not for the declared DNS name or URI/;
const ANOTHER_CA = isOnVault ? ANY_CAUSE : /its CA is not the declared one, or there is no such/;

describe('a certificate', () => {
  const tls = () => vault.server.tlsAddress ?? '';

  it('the source reads the certificate from its files at each login', async () => {
    const before = await accessors();
    await using tokens = source(cert(ROLE), tls());
    const reading = await tokens.token();
    writePair('app', await issued('wrong.test'));
    await endLogins(before);
    tokens.reject(reading);
    await expect(tokens.token()).rejects.toThrow(ANOTHER_NAME);
    writePair('app', await issued('app.test'));
    expect(vault.issued).toContain((await tokens.token()).accessToken);
  });

  it('the login renews its Vault token with the original certificate, even after another certificate replaces the files', async () => {
    const connection = new VaultConnection({ address: tls(), ca: authority.certificatePem });
    using timers = new LongTimers();
    await using login = loginAs(connection, cert('renewed'));
    await login.vault();
    const before = await liveTokens();
    writePair('app', await issued('wrong.test'));
    const { now } = Date;
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() + 7 * HOUR_MS);
    try {
      timers.fire();
      // The renewal is complete once the next one is scheduled.
      await eventually(() => timers.count === 1 || undefined);
      clock.mockImplementation(() => now() + 11 * HOUR_MS);
      expect(login.loggedIn).toBe(true);
      await (await login.vault()).read('oauthapp/creds/testauth', () => undefined);
    } finally {
      clock.mockRestore();
    }
    expect(await liveTokens()).toBe(before);
  });

  it('Vault refuses an expired certificate', async () => {
    const now = new Date(Date.now() - 9 * 86_400_000);
    writePair('app', await issued('app.test', authority, { now, lifetimeDays: 1 }));
    await using tokens = source(cert(ROLE), tls());
    const failed = tokens.token();
    await expect(failed).rejects.toBeInstanceOf(NotPermitted);
    await expect(failed).rejects.toThrow(
      /x509: certificate has expired.*: it expired on \S+Z; have another one issued/,
    );
  });

  it('Vault refuses a certificate from another CA', async () => {
    writePair('app', await issued('app.test', await CertificateAuthority.create()));
    await using tokens = source(cert(ROLE), tls());
    await expect(tokens.token()).rejects.toThrow(ANOTHER_CA);
  });

  it('the error distinguishes a certificate that the server refuses before Vault sees it from an outage', async () => {
    await using strict = await OpenBaoServer.start({
      tls: { certFile: path('server.pem'), keyFile: path('server.key'), requiredClientCaFile: path('ca.pem') },
    });
    writePair('app', await issued('app.test', await CertificateAuthority.create()));
    await using tokens = source(cert(ROLE), strict.tlsAddress);
    const failed = tokens.token();
    await expect(failed).rejects.toBeInstanceOf(NotPermitted);
    await expect(failed).rejects.toThrow(
      /refuses the client certificate in TLS \(ERR_SSL_TLSV1_ALERT_UNKNOWN_CA\): it is not from a CA/,
    );
  });
});
