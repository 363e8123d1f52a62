import { InvalidDeployment } from '../../../lib/declaration/checks/invalid-deployment';
import { defineDeployment } from '../../../lib/declaration/define-deployment';
import type { DeploymentInput } from '../../../lib/declaration/schema/deployment';
import { exampleDeployment, PLUGIN_SHA256 } from '../../fixtures/declarations/example-deployment';

it.each<[Partial<DeploymentInput>, string]>([
  [
    { appRole: { path: 'operators' } },
    'appRole.path must not be "operators": an app with the name of an operator would overwrite',
  ],
  [
    { engine: { mountPath: 'webex//prod', plugin: { sha256: PLUGIN_SHA256 } } },
    'engine.mountPath must not have "//" in it, got "webex//prod"; use "webex/prod"',
  ],
  [
    { engine: { mountPath: 'webex', movedFrom: 'webex' } },
    'engine.movedFrom must not be engine.mountPath, got "webex" for both; leave it out',
  ],
  [
    { engine: { mountPath: 'webex/prod', movedFrom: 'webex' } },
    'engine.movedFrom "webex" and engine.mountPath "webex/prod" must not overlap',
  ],
  [
    { engine: { mountPath: 'webex', movedFrom: 'oauthapp', import: true } },
    'engine.import imports the engine at "webex", but engine.movedFrom moves the engine from "oauthapp"; import it at its path',
  ],
  [{ engine: { mountPath: 'webex', movedFrom: 'webex/prod' } }, 'must not overlap'],
  [
    { credentials: [{ name: 'testauth', integration: 'webex-myapp', scopes: ['a%{if}'] }] },
    'credentials must not have "%{if}" in it, which Terraform would replace; write',
  ],
  [
    { integrations: [{ name: 'webex-myapp', redirectUrl: 'http://localhost:5000/${a}' }] },
    'integrations must not have "${a}" in it, which Terraform would',
  ],
  // This value makes an invalid date, which breaks `status`.
  [
    { webex: { refreshTokenTtlSeconds: Number.MAX_SAFE_INTEGER } },
    'webex.refreshTokenTtlSeconds must be 315360000 (ten years) at most, got 9007199254740991; use the lifetime that Webex states',
  ],
  [
    { engine: { recordsPath: 'oauthapp-healing/records' } },
    'engine.recordsPath must not overlap "oauthapp-healing", because Vault keeps client secrets for healing there',
  ],
  [
    { engine: { movedFrom: 'oauthapp-records' } },
    'engine.movedFrom "oauthapp-records" and engine.recordsPath "oauthapp-records" must not overlap',
  ],
  [
    { engine: { mountPath: 'sys/webex' } },
    'engine.mountPath must not be in "sys/", a mount of Vault itself, got "sys/webex"',
  ],
  [{ appRole: { path: '/approle' } }, 'appRole.path must not start with "/", got "/approle"; use "approle"'],
  [
    {
      credentials: [
        { name: 'testauth', integration: 'webex-myapp', scopes: ['meeting:schedules_read'], owner: 'ada@example.com' },
      ],
    },
    'credentials[0].owner of "testauth" cannot be checked, because no scope lets Webex name the account that consented; add scope "spark:people_read" to it and to the integration, or leave the owner out',
  ],
  ...(
    [
      ['10.0.0.0/99', 'must have a prefix of 0 to 32, got "10.0.0.0/99"; write it like "10.0.0.0/24"'],
      ['::1/129', 'must have a prefix of 0 to 128, got "::1/129"; write it like "::1/64"'],
      ['10.0.0/24', 'must be a CIDR, got "10.0.0/24"; write it like "10.0.0.0/24"'],
      ['10.0.0.7', 'must be a CIDR, got "10.0.0.7"; write "10.0.0.7/32"'],
      ['::1', 'must be a CIDR, got "::1"; write "::1/128"'],
      ['host', 'must be a CIDR, got "host"; write it like "10.0.0.0/24"'],
    ] as const
  ).map(([cidr, problem]): [Partial<DeploymentInput>, string] => [
    { apps: [{ name: 'people-me', reads: ['testauth'], boundCidrs: [cidr] }] },
    `apps[0].boundCidrs[0] ${problem}`,
  ]),
])('the deployment refuses %j and suggests a correction', (changes, problem) => {
  expect(() => exampleDeployment(changes)).toThrow(problem);
});

describe('names', () => {
  const integration = (name: string) => ({ name, clientId: 'C0ffee', redirectUrl: 'http://localhost:5000/auth' });
  const credential = (name: string, of = 'a') => ({ name, integration: of, scopes: ['a'] });
  const app = (name: string, ...reads: string[]) => ({ name, reads });
  const integrations = ['a', 'b'].map(integration);

  it.each<[Partial<DeploymentInput>, string]>([
    [{ integrations: ['a', 'b', 'a'].map(integration) }, 'integrations has the name "a" twice'],
    [{ apps: [app('x', 'testauth'), app('y', 'testauth'), app('y', 'testauth')] }, 'apps has the name "y" twice'],
    [
      { integrations: ['a', 'b-c', 'b_c'].map(integration), credentials: [credential('testauth')] },
      'integration "b_c" has the same secret variable as another one',
    ],
    [
      { integrations, credentials: [credential('x'), credential('y', 'c')], apps: [] },
      'credential "y" names unknown integration "c"; declared: "a", "b"',
    ],
    [
      { integrations, credentials: [credential('x')], apps: [app('z', 'x', 'y')] },
      'app "z" names unknown credential "y"; declared: "x"',
    ],
  ])('the deployment refuses a duplicate or unknown name: %j', (changes, problem) => {
    expect(() => exampleDeployment(changes)).toThrow(problem);
  });
});

describe('renamed parts', () => {
  const integration = (name: string, vaultName?: string) => ({
    ...{ name, vaultName, clientId: 'C0ffee', redirectUrl: 'http://localhost:5000/auth' },
  });
  const app = (name: string, vaultName?: string) => ({ name, vaultName, reads: ['testauth'] });
  const credentials = [{ name: 'testauth', integration: 'a', scopes: ['a'] }];

  it.each<[string, Partial<DeploymentInput>]>([
    ['once', { apps: [app('b', 'a')] }],
    ['again, from its first name', { apps: [app('c', 'a')] }],
    ['back', { apps: [app('a', 'a')] }],
    ['as an integration is called', { apps: [app('webex-myapp', 'a')] }],
    ['like another that is renamed', { apps: [app('b', 'a'), app('d', 'c')] }],
  ])('the deployment accepts a rename: %s', (_, changes) => {
    const deployment = exampleDeployment(changes);
    expect(defineDeployment(deployment)).toEqual(deployment);
  });

  it.each<[string, Partial<DeploymentInput>, string]>([
    [
      'two from one name',
      { apps: [app('b', 'a'), app('c', 'a')] },
      'app "b" and app "c" both have vaultName "a", but Vault has only one app of that name; remove it from one of the two',
    ],
    [
      'from the name of another',
      { integrations: [integration('a'), integration('b', 'a')], credentials },
      'integration "b" has vaultName "a", which is the name of another integration, but Vault keeps "b" under that name; give the other integration another name',
    ],
    [
      'to the name that Vault has another under',
      { apps: [app('b', 'a'), app('c', 'b')] },
      'app "c" has vaultName "b", which is the name of another app',
    ],
    ['each to the name of the other', { apps: [app('b', 'a'), app('a', 'b')] }, 'app "b" has vaultName "a", which'],
    ['from a name that AppRole cannot have', { apps: [app('b', 'A')] }, 'vaultName must be in lower case, got "A"'],
  ])('the deployment refuses a rename: %s', (_, changes, problem) => {
    expect(() => exampleDeployment(changes)).toThrow(problem);
  });
});

describe('an unknown field', () => {
  const [integrations, credentials] = [
    [{ name: 'webex-myapp', clientId: 'C0ffee', redirectUrl: 'http://localhost:5000/auth' }],
    [{ name: 'testauth', integration: 'webex-myapp', scopes: ['spark:people_read'] }],
  ];
  const vault = { address: 'https://vault.example' };

  it.each<[object, string]>([
    [
      { vault, integrationz: integrations, credentials },
      'deployment.ts: deployment has no field "integrationz"; did you mean "integrations"?',
    ],
    [
      { vault, integrations, credentials, engine: { mountpath: 'webex' } },
      'deployment.ts: engine has no field "mountpath"; did you mean "mountPath"?',
    ],
    [
      { vault: { adress: 'https://vault.example' }, integrations, credentials },
      'deployment.ts: vault has no field "adress"; did you mean "address"?',
    ],
    [
      {
        vault,
        integrations,
        credentials: [{ ...credentials[0], integration: undefined, integrations: 'webex-myapp' }],
      },
      'deployment.ts: credentials[0] has no field "integrations"; did you mean "integration"?',
    ],
    [
      { vault: { server: { mode: 'production', container_name: 'v' } }, integrations, credentials },
      'deployment.ts: vault.server has no field "container_name"; did you mean "containerName"?',
    ],
    [
      { vault, integrations, credentials, webex: { url: 'x' }, app: [] },
      'deployment.ts: webex has no field "url"; it may have "cloud", "apiUrl", "refreshTokenTtlSeconds"; deployment has no field "app"; did you mean "apps"?',
    ],
  ])('the error suggests the intended field for an unknown field: %j', (declared, problem) => {
    let said = '';
    try {
      defineDeployment(declared as DeploymentInput);
    } catch (error) {
      said = String(error).replace(/^InvalidDeployment: /, '');
    }
    expect(problem.endsWith('"') ? said.slice(0, problem.length) : said).toBe(problem);
  });
});

it.each(['spark:people_read', 'spark-admin:people_read', 'spark:all'])(
  'a credential with scope %s may have an owner',
  (scope) => {
    const credential = { name: 'testauth', integration: 'webex-myapp', scopes: [scope], owner: 'ada@example.com' };
    expect(exampleDeployment({ credentials: [credential] }).credentials).toHaveLength(1);
  },
);

describe('the address of a declared server', () => {
  const production = { mode: 'production' } as const;

  it.each<[string, DeploymentInput['vault'], string]>([
    ['in dev mode', { server: { mode: 'dev', port: 8300 } }, 'http://127.0.0.1:8300'],
    ['of that name', { server: production }, 'https://127.0.0.1:8200'],
    ['on all addresses', { server: { ...production, bindAddress: '::' } }, 'https://127.0.0.1:8200'],
    ['on an IPv6 address', { server: { ...production, bindAddress: '::1' } }, 'https://[::1]:8200'],
    [
      'with a name of its own',
      { server: { ...production, nodes: 3, containerName: 'vault', tls: { serverName: '{node}.example' } } },
      'https://vault-1.example:8200',
    ],
  ])('the address of a declared server is derived: %s', (_, vault, address) => {
    const deployment = exampleDeployment({ vault });
    expect(deployment.vault.address).toBe(address);
    expect(defineDeployment(deployment)).toEqual(deployment);
  });

  it('the deployment refuses an address beside a declared server', () => {
    const vault = { server: { mode: 'dev' }, address: 'https://vault.example' } as const;
    expect(() => exampleDeployment({ vault })).toThrow('must have either a server to run or the address of one');
  });
});

describe('unusual values', () => {
  it.each<[string, object, string]>([
    [
      'a name of two lines',
      { appRole: { path: 'a\nb\u001b[31m' } },
      'deployment.ts: appRole.path must be letters, digits, "-", "_" or "/", got "a b [31m"; rename it',
    ],
    ['a field of two lines', { 'a\nb': 1 }, 'deployment.ts: deployment has no field "a b"; it may have'],
    [
      'a number that JSON does not have',
      { vault: { server: { mode: 'dev', port: 8200n } } },
      'deployment.ts: vault.server.port must be a whole number from 1 to 65535, got 8200n; give one in these bounds',
    ],
    [
      'what cannot be made a text',
      { vault: { server: { mode: { toString: 1 } } } },
      'deployment.ts: vault.server.mode must be "dev", "production" or "kubernetes", got { toString: 1 }; use',
    ],
    [
      'a symbol',
      { credentials: [{ name: 'a', integration: 'b', scopes: ['s'], owner: Symbol('ada') }] },
      'deployment.ts: credentials[0].owner must be an email address, got Symbol(ada)',
    ],
  ])('the error about an unusual value is one line: %s', (_, changes, problem) => {
    const define = () => exampleDeployment(changes);
    expect(define).toThrow(InvalidDeployment);
    expect(define).toThrow(problem);
    expect(define).not.toThrow('\n');
  });
});
