import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { VaultResponseError } from '#core';
import type { AppliedDeclaration } from '../../rehearsal/applier/stack';
import { SigningKey } from '../../rehearsal/identity/json-web-token';
import { OidcProvider } from '../fixtures/identities/oidc-provider';
import { OperatedVault } from '../fixtures/worlds/operated-vault';

/*
 * Apps that log in with tokens of a real OIDC server. The provisioner has applied the stack. Each rule of the
 * declaration is tested from both sides.
 */

const AUDIENCE = 'webex-token-vault';
const ISSUER_BY_KEYS = 'https://issuer-by-keys.example';

let server: OperatedVault;
let issuer: OidcProvider;
let applied: AppliedDeclaration;
const key = new SigningKey();

/** Claims of a GitHub job and a GitLab job. */
const GITHUB = { sub: 'repo:acme/reports:ref:refs/heads/main', repository: 'acme/reports', ref: 'refs/heads/main' };
const GITLAB = {
  sub: 'project_path:acme/tools/reports:ref_type:branch:ref:main',
  project_path: 'acme/tools/reports',
  ref: 'main',
  ref_type: 'branch',
  ref_protected: 'true',
};
const MACHINE = { sub: 'reports', team: 'blue', 'https://claims.example/level': 'high' };

beforeAll(async () => {
  [server, issuer] = await Promise.all([OperatedVault.start(), OidcProvider.start()]);
  const ofIssuer = { issuer: issuer.issuer, issuerCaPem: issuer.ca };
  const byKeys = {
    jwt: {
      issuer: ISSUER_BY_KEYS,
      path: 'teams/keys',
      publicKeys: [key.publicKeyPem],
      audience: AUDIENCE,
      claims: { sub: 'me' },
    },
  };
  server.declare({
    credentials: [
      ...server.deployment.credentials,
      { name: 'other', integration: 'webex-myapp', scopes: ['spark:people_read'] },
    ],
    apps: [
      ...server.deployment.apps,
      {
        name: 'machine',
        reads: ['testauth'],
        tokenTtlSeconds: 7200,
        tokenMaxTtlSeconds: 14_400,
        identity: {
          jwt: {
            ...ofIssuer,
            audience: AUDIENCE,
            claims: { sub: 'reports', team: ['blue', 'green'], 'https://claims.example/level': 'high' },
          },
        },
      },
      {
        name: 'job',
        reads: ['testauth'],
        identity: {
          github: { ...ofIssuer, repository: 'acme/reports', ref: 'refs/heads/main', environment: 'production, west' },
        },
      },
      {
        name: 'other-job',
        reads: ['other'],
        identity: { gitlab: { ...ofIssuer, project: 'acme/tools/reports', ref: 'main' } },
      },
      {
        name: 'by-keys',
        reads: ['testauth'],
        boundCidrs: ['192.0.2.0/24'],
        identity: byKeys,
      },
      {
        name: 'by-keys-anywhere',
        reads: ['testauth'],
        identity: byKeys,
      },
    ],
  });
  await server.init();
  applied = await server.deploy();
});

afterAll(() => Promise.all([server[Symbol.asyncDispose](), issuer[Symbol.asyncDispose]()]));

const loginReply = z.object({
  auth: z.object({ client_token: z.string(), lease_duration: z.number(), policies: z.array(z.string()) }),
});

type Login = z.output<typeof loginReply>['auth'];

async function login(mount: string, role: string, jwt: string): Promise<Login> {
  return (await server.server.node.client('').write(`auth/${mount}/login`, { role, jwt }, loginReply)).auth;
}

/** Message of Vault for a refused login. */
async function refusal(mount: string, role: string, jwt: string): Promise<string> {
  const answer = await login(mount, role, jwt).catch((error: unknown) => error);
  expect(answer).toBeInstanceOf(VaultResponseError);
  expect((answer as VaultResponseError).statusCode).toBe(400);
  return (answer as VaultResponseError).said;
}

function token(claims: object, audience = AUDIENCE): Promise<string> {
  return issuer.machineToken({ audience, claims: { ...claims } });
}

const now = (): number => Math.floor(Date.now() / 1000);

it('a second deploy changes nothing', async () => {
  expect(applied.changed).toContainEqual(expect.stringContaining('vault_jwt_auth_backend.auth-jwt_method'));
  expect((await server.deploy()).changed).toEqual([]);
});

it.each<[app: string, mount: string, claims: object, credential: string]>([
  ['machine', 'jwt', MACHINE, 'testauth'],
  ['machine', 'jwt', { ...MACHINE, team: 'green' }, 'testauth'],
  ['job', 'github-actions', { ...GITHUB, environment: 'production, west' }, 'testauth'],
  ['other-job', 'gitlab', GITLAB, 'other'],
])('app %s logs in at %s, with its own policy only', async (app, mount, claims, credential) => {
  const auth = await login(mount, app, await token(claims));
  expect(auth.policies).toEqual([`oauthapp-app-${app}`]);
  const vault = server.server.node.client(auth.client_token);
  const paths = ['testauth', 'other'].map((name) => `oauthapp/creds/${name}`);
  // The permitted read finds no token before the first consent.
  await expect(vault.read(`oauthapp/creds/${credential}`, z.unknown())).rejects.toMatchObject({ statusCode: 404 });
  const [forbidden = ''] = paths.filter((path) => !path.endsWith(`/${credential}`));
  for (const path of [forbidden, 'oauthapp/config', 'sys/internal/ui/resultant-acl', `auth/${mount}/role/${app}`]) {
    await expect(vault.read(path, z.unknown())).rejects.toMatchObject({ statusCode: 403 });
  }
});

it('the tokens have the declared lifetime', async () => {
  expect((await login('jwt', 'machine', await token(MACHINE))).lease_duration).toBe(7200);
});

it.each<[what: string, claims: object, said: string]>([
  ['of another issuer', { iss: 'https://other.example' }, 'invalid issuer (iss) claim'],
  ['without the claim', { team: null }, 'claim "team" is missing'],
  ['with another claim', { team: 'red' }, 'claim "team" does not match'],
  ['with more than the claim', { 'https://claims.example/level': 'higher' }, 'does not match'],
  ['that has expired', { iat: now() - 900, exp: now() - 300 }, 'token is expired'],
  ['that begins later', { nbf: now() + 36_000 }, 'not before (nbf)'],
  ['without an end, made long ago', { exp: null, iat: now() - 300 }, 'token is expired'],
  ['for several audiences, and not for this one', { aud: ['other', 'another'] }, 'invalid audience (aud) claim'],
])('the login refuses a token %s', async (_, claims, said) => {
  expect(await refusal('jwt', 'machine', await token({ ...MACHINE, ...claims }))).toContain(said);
});

it('the login refuses a token for another audience, even with all claims', async () => {
  expect(await refusal('jwt', 'machine', await token(MACHINE, 'other'))).toContain('invalid audience (aud) claim');
});

it("the login refuses a token with another key's signature", async () => {
  const forged = new SigningKey().sign({ ...MACHINE, iss: issuer.issuer, aud: AUDIENCE, exp: now() + 60 });
  expect(await refusal('jwt', 'machine', forged)).toContain('failed to verify');
});

it.each([
  ['that is not signed', 'none', () => ''],
  [
    'that is signed with the public key, which everybody knows',
    'HS256',
    (text: string) => createHmac('sha256', key.publicKeyPem.trim()).update(text).digest('base64url'),
  ],
])('the login refuses a token %s', async (_, alg, sign) => {
  const claims = { iss: ISSUER_BY_KEYS, aud: AUDIENCE, sub: 'me', exp: now() + 60 };
  const parts = [{ alg, typ: 'JWT' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const text = parts.join('.');
  expect(await refusal('teams/keys', 'by-keys-anywhere', `${text}.${sign(text)}`)).toMatch(/algorithm|signature/);
});

it.each([
  [{ ...GITHUB, environment: 'production, west', ref: 'refs/heads/attack' }, 'claim "ref" does not match'],
  [{ ...GITHUB, environment: 'production, west', ref: 'refs/pull/1/merge' }, 'claim "ref" does not match'],
  [{ ...GITHUB, environment: 'production, west', repository: 'mallory/reports' }, 'claim "repository" does not match'],
  [{ ...GITHUB, environment: 'staging' }, 'claim "environment" does not match'],
  [{ ...GITHUB, environment: 'production' }, 'claim "environment" does not match'],
  [GITHUB, 'claim "environment" is missing'],
])('the login refuses a GitHub job with %j', async (claims, said) => {
  expect(await refusal('github-actions', 'job', await token(claims))).toContain(said);
});

it.each([
  [{ ...GITLAB, ref: 'feature' }, 'claim "ref" does not match'],
  [{ ...GITLAB, ref_type: 'tag' }, 'claim "ref_type" does not match'],
  [{ ...GITLAB, project_path: 'acme/tools' }, 'claim "project_path" does not match'],
  [{ ...GITLAB, ref_protected: 'false' }, 'claim "ref_protected" does not match'],
])('the login refuses a GitLab job with %j', async (claims, said) => {
  expect(await refusal('gitlab', 'other-job', await token(claims))).toContain(said);
});

it('an identity can log in only as its own app', async () => {
  expect(await refusal('github-actions', 'job', await token(GITLAB))).toMatch(/^error validating claims: claim "\w+" /);
  expect(await refusal('jwt', 'job', await token(GITHUB))).toContain('role "job" could not be found');
});

it('the login accepts a token repeatedly until it expires, because Vault does not count its uses', async () => {
  const jwt = await token({ ...MACHINE, exp: now() + 60 });
  const [first, second] = [await login('jwt', 'machine', jwt), await login('jwt', 'machine', jwt)];
  expect(first.client_token).not.toBe(second.client_token);
});

it('the login accepts a token that expired within the permitted clock skew', async () => {
  await login('jwt', 'machine', await token({ ...MACHINE, exp: now() - 20 }));
});

describe('an issuer with declared keys', () => {
  const claims = () => ({ iss: ISSUER_BY_KEYS, aud: AUDIENCE, sub: 'me', exp: now() + 60 });

  it('the login by declared keys needs no server of the issuer', async () => {
    const auth = await login('teams/keys', 'by-keys-anywhere', key.sign(claims()));
    expect(auth.policies).toEqual(['oauthapp-app-by-keys-anywhere']);
  });

  it('the login by declared keys checks each claim of the token', async () => {
    const refused = (changes: object) =>
      refusal('teams/keys', 'by-keys-anywhere', key.sign({ ...claims(), ...changes }));
    expect(await refused({ iss: issuer.issuer })).toContain('invalid issuer');
    expect(await refused({ sub: 'you' })).toContain('claim "sub" does not match');
    expect(await refused({ exp: undefined })).toContain(
      'no issued at (iat), not before (nbf), or expiration time (exp)',
    );
  });

  it('the login by declared keys limits an app to its networks', async () => {
    const answer = await login('teams/keys', 'by-keys', key.sign(claims())).catch((error: unknown) => error);
    expect(answer).toMatchObject({ statusCode: 403 });
  });
});

describe('an unreachable issuer', () => {
  it('an unreachable issuer stops only logins with unknown keys, and the error names it', async () => {
    const jwt = await token(MACHINE);
    await issuer[Symbol.asyncDispose]();
    // Vault keeps fetched keys, and asks the issuer for unknown ones.
    const unknown = new SigningKey().sign({ ...MACHINE, iss: issuer.issuer, aud: AUDIENCE, exp: now() + 60 });
    const said = await refusal('jwt', 'machine', unknown);
    expect(said).toContain(`fetching keys oidc: get keys failed Get "${issuer.issuer}/jwks"`);
    await login('jwt', 'machine', jwt);
    const claims = { iss: ISSUER_BY_KEYS, aud: AUDIENCE, sub: 'me', exp: now() + 60 };
    await login('teams/keys', 'by-keys-anywhere', key.sign(claims));
  });

  it('an unreachable issuer stops all its logins after Vault has forgotten its keys, and no others', async () => {
    const claims = { ...MACHINE, iss: issuer.issuer, aud: AUDIENCE, exp: now() + 60 };
    const { node } = server.server;
    await node.kill();
    await node.start();
    const unsealed = await server.runWith('unseal', [], await server.keyShares());
    expect(unsealed).toMatchObject({ exitCode: 0 });
    await node.untilActive();
    const said = await refusal('jwt', 'machine', key.sign(claims));
    expect(said).toContain(issuer.issuer);
    expect(said).toContain('connection refused');
    await login('teams/keys', 'by-keys-anywhere', key.sign({ ...claims, iss: ISSUER_BY_KEYS, sub: 'me' }));
  });
});
