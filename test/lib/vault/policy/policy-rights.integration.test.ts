import { z } from 'zod';
import { fieldsReply, loginReply } from '../../../../lib/vault/replies';
import { parsePolicy } from '../../../../lib/vault/policy/policy';
import { PolicyRights } from '../../../../lib/vault/policy/policy-rights';
import { onOpenBao } from '../../../fixtures/runs/server-product';
import { WrittenVault } from '../../../../rehearsal/written-vault';

/* Compares our reading of a policy with the real server's answer for a token of the policy. */

const PATHS = [
  'oauthapp/creds/testauth',
  'oauthapp/creds/testauth.consent',
  'oauthapp/creds/other',
  'oauthapp/creds/a/b',
  'oauthapp/creds',
  'oauthapp/creds/',
  'oauthapp/config',
  'oauthapp',
  'other/creds/testauth',
];

let vault: WrittenVault;

beforeAll(async () => (vault = await WrittenVault.start()));

afterAll(() => vault[Symbol.asyncDispose]());

/** @returns undefined if the server refuses a policy */
async function byServer(policies: readonly string[]): Promise<Record<string, boolean> | undefined> {
  const names = policies.map((_, index) => `compared-${index}`);
  for (const [index, policy] of policies.entries()) {
    const isTaken = await vault.admin.write(`sys/policies/acl/${names[index] ?? ''}`, { policy }).then(
      () => true,
      () => false,
    );
    if (!isTaken) {
      return undefined;
    }
  }
  const request = { policies: names, no_default_policy: true, ttl: '5m' };
  const { client_token: token } = (await vault.admin.write('auth/token/create', request, loginReply)).auth;
  const { data } = await vault.admin.write('sys/capabilities', { token, paths: PATHS }, fieldsReply);
  return Object.fromEntries(PATHS.map((path) => [path, z.array(z.string()).parse(data[path]).includes('read')]));
}

function byUs(policies: readonly string[]): Record<string, boolean> {
  const rights = new PolicyRights(policies.map((policy, index) => parsePolicy(`compared-${index}`, policy)));
  // The server answers for a list if a path ends with a slash.
  return Object.fromEntries(PATHS.map((path) => [path, rights.mayRead(path)]));
}

function withoutFolders(answer: Record<string, boolean> | undefined): Record<string, boolean> {
  expect(answer).toBeDefined();
  return Object.fromEntries(Object.entries(answer ?? {}).filter(([path]) => !path.endsWith('/')));
}

const READ = '{ capabilities = ["read"] }';
const DENY = '{ capabilities = ["deny"] }';

it.each<[string, ...string[]]>([
  ['the very path', `path "oauthapp/creds/testauth" ${READ}`],
  ['a slash at its beginning', `path "/oauthapp/creds/testauth" ${READ}`],
  ['a glob', `path "oauthapp/creds/*" ${READ}`],
  ['a glob in the middle of a name', `path "oauthapp/creds/test*" ${READ}`],
  ['a glob for everything', `path "*" ${READ}`],
  ['an asterisk that is no glob', `path "oauthapp/*/testauth" ${READ}`],
  ['one segment', `path "oauthapp/creds/+" ${READ}`],
  ['the first segment', `path "+/creds/testauth" ${READ}`],
  ['any first segment, and all below', `path "+/creds/*" ${READ}`],
  ['segments alone', `path "+/+/+" ${READ}`],
  ['a plus in a name', `path "oauthapp/creds/test+" ${READ}`],
  ['a plus at the beginning of a name', `path "oauthapp/creds/+auth" ${READ}`],
  ['sudo without read', 'path "oauthapp/creds/*" { capabilities = ["sudo", "update"] }'],
  ['deny beside read', 'path "oauthapp/creds/*" { capabilities = ["read", "deny"] }'],
  ['deny of one', `path "oauthapp/creds/*" ${READ}\npath "oauthapp/creds/testauth" ${DENY}`],
  ['deny of a shorter path', `path "oauthapp/*" ${DENY}\npath "oauthapp/creds/*" ${READ}`],
  ['deny of a longer path', `path "oauthapp/*" ${READ}\npath "oauthapp/creds/*" ${DENY}`],
  ['the same path twice', `path "oauthapp/creds/*" ${READ}\npath "oauthapp/creds/*" { capabilities = ["list"] }`],
  ['the same path twice, once denied', `path "oauthapp/creds/*" ${READ}\npath "oauthapp/creds/*" ${DENY}`],
  ['a segment before a glob', `path "oauthapp/creds/+" ${READ}\npath "oauthapp/creds/*" ${DENY}`],
  ['a glob before an earlier segment', `path "oauthapp/+/testauth" ${DENY}\npath "oauthapp/creds/test*" ${READ}`],
  ['fewer segments before more', `path "oauthapp/+/testauth" ${READ}\npath "oauthapp/+/+" ${DENY}`],
  ['a longer one before a shorter', `path "+/creds/test*" ${READ}\npath "+/creds/t*" ${DENY}`],
  ['rules of old', 'path "oauthapp/creds/testauth" { policy = "read" }\npath "oauthapp/*" { policy = "deny" }'],
  ['writes of old', 'path "oauthapp/creds/testauth" { policy = "write" }\npath "+/creds/other" { policy = "sudo" }'],
  ['no capability', 'path "oauthapp/creds/*" { }'],
  ['nothing', '# nothing'],
  ['a comment', `# all\n// of\n/* it */ path "oauthapp/creds/*" /* may */ ${READ} # be read`],
  ['a comment that hides a rule', `# path "oauthapp/creds/*" ${READ}\npath "oauthapp/config" ${READ}`],
  ['a number sign in a path', `path "oauthapp/creds/a#b" ${READ}`],
  ['a name', `name = "x"\npath "oauthapp/creds/*" ${READ}`],
  ['quoted keys', `"path" "oauthapp/creds/*" { "capabilities" = ["read",] }`],
  [
    'a block that is assigned',
    'path "oauthapp/creds/*" { capabilities = ["read"], allowed_parameters = { "a" = [] } }',
  ],
  ['wrapping', 'path "oauthapp/creds/*" { capabilities = ["read"] min_wrapping_ttl = "1s" max_wrapping_ttl = 90 }'],
  ['JSON', '{"path": {"oauthapp/creds/*": {"capabilities": ["read"]}, "oauthapp/config": {"policy": "deny"}}}'],
  [
    'JSON with a list',
    '{"path": [{"oauthapp/creds/*": {"capabilities": ["read"]}}, {"oauthapp/creds/other": {"capabilities": ["deny"]}}]}',
  ],
  [
    'JSON with a path twice',
    '{"path": {"oauthapp/creds/*": {"capabilities": ["read"]}, "oauthapp/creds/*": {"capabilities": ["deny"]}}}',
  ],
  ['two policies', `path "oauthapp/creds/*" ${READ}`, `path "oauthapp/creds/testauth" ${DENY}`],
  ['two of one path', `path "oauthapp/creds/+" { capabilities = ["list"] }`, `path "oauthapp/creds/+" ${READ}`],
  ['escapes', 'path "oauthapp/creds/\\u0074estauth" { capabilities = ["read"] }'],
])('the parser reads %s as the server does', async (_, ...policies) => {
  expect(withoutFolders(byUs(policies))).toEqual(withoutFolders(await byServer(policies)));
});

onOpenBao.describe('a rule that expires', () => {
  it.each([
    ['what has ended', 'path "oauthapp/creds/*" { capabilities = ["read"] expiration = "2020-01-01T00:00:00Z" }'],
    ['what will end', 'path "oauthapp/creds/*" { capabilities = ["read"] expiration = "2120-01-01T00:00:00Z" }'],
  ])('the parser reads a rule that expires as the server does: %s', async (_, policy) => {
    expect(withoutFolders(byUs([policy]))).toEqual(withoutFolders(await byServer([policy])));
  });
});

it('the parser agrees with the server on random combinations of rules', async () => {
  let seed = 20_261_125;
  const pick = <T>(from: readonly T[]): T => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return from[Math.floor((seed / 2_147_483_648) * from.length)] as T;
  };
  const path = (): string => {
    const segments = [
      pick(['oauthapp', '+', 'oauth']),
      pick(['creds', '+', 'cr']),
      pick(['testauth', '+', 'test', 'other', '', 'a']),
    ];
    return `${segments.slice(0, pick([1, 2, 3, 3, 3])).join('/')}${pick(['', '', '*'])}`;
  };
  const rule = (): string => `path "${path()}" { capabilities = ["${pick(['read', 'read', 'deny', 'list'])}"] }`;
  let compared = 0;
  for (let round = 0; round < 150; round++) {
    const policies = pick([[1], [1, 2]]).map(() => Array.from({ length: pick([1, 2, 3, 5]) }, rule).join('\n'));
    const answer = await byServer(policies);
    if (answer !== undefined) {
      compared++;
      expect({ policies, read: withoutFolders(byUs(policies)) }).toEqual({ policies, read: withoutFolders(answer) });
    }
  }
  expect(compared).toBeGreaterThan(60);
});

it('one call asks for the capabilities of as many paths as a large deployment has', async () => {
  const paths = Array.from({ length: 2100 }, (_, index) => `oauthapp/creds/credential-${index}`);
  const token = await vault.tokenWith(
    'path "sys/capabilities-self" { capabilities = ["update"] }\npath "oauthapp/creds/credential-1*" { capabilities = ["read"] }',
  );
  const found = await vault.admin.withToken(token).capabilitiesOf(paths);
  expect([...found.keys()]).toEqual(paths);
  expect([...found].filter(([, capabilities]) => capabilities.includes('read'))).toHaveLength(1111);
  expect(found.get('oauthapp/creds/credential-2099')).toEqual(['deny']);
});
