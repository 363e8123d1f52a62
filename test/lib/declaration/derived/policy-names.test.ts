import { policyNameOf } from '../../../../lib/declaration/derived/policy-names';

/** All mount paths of up to four of these characters, and some longer ones. */
const MOUNTS = [...paths('ab-/AB_1', 4), ...['oauthapp', 'webex', 'Webex'].flatMap(extended)];

/** All app names of up to three characters, and the names of the other holders. */
const APPS = [...words('ab-_1', 3).filter((word) => /^[a-z0-9]/.test(word)), 'authorizer', 'provisioner', 'app-a'];

function words(characters: string, length: number): string[] {
  return length === 0
    ? ['']
    : words(characters, length - 1).flatMap((word) => [word, ...Array.from(characters, (one) => word + one)]);
}

function paths(characters: string, length: number): string[] {
  return [...new Set(words(characters, length))].filter((path) => /^[^/]+(\/[^/]+)*$/.test(path));
}

function extended(mount: string): string[] {
  return ['', '-app', '/app', '-authorizer', '-app-authorizer', '-App', '/prod', '-prod', '--prod', '-'].map(
    (end) => mount + end,
  );
}

it('the policy names of all mounts and apps differ regardless of case', () => {
  const owners = new Map<string, string>();
  const clashes: string[] = [];
  for (const mount of new Set(MOUNTS)) {
    const named: [string, string][] = [
      ['authorizer', policyNameOf(mount, 'authorizer')],
      ['provisioner', policyNameOf(mount, 'provisioner')],
      ...[...new Set(APPS)].map((app): [string, string] => [`app ${app}`, policyNameOf(mount, `app-${app}`)]),
    ];
    for (const [holder, name] of named) {
      const owner = owners.get(name.toLowerCase());
      if (owner !== undefined) {
        clashes.push(`${name}: ${owner}; ${holder} of ${mount}`);
      }
      owners.set(name.toLowerCase(), `${holder} of ${mount}`);
    }
  }
  expect(owners.size).toBeGreaterThan(50_000);
  expect(clashes.slice(0, 10)).toEqual([]);
});

it('the policy names are valid in Vault and need no escape in a URL, in HCL or in a shell', () => {
  for (const mount of MOUNTS) {
    expect(policyNameOf(mount, 'authorizer')).toMatch(/^[a-z0-9_-][a-z0-9_.~-]*$/);
    expect(policyNameOf(mount, 'authorizer')).not.toContain('..');
  }
});

it.each([
  ['oauthapp', 'oauthapp-authorizer'],
  ['oauth_app2', 'oauth_app2-authorizer'],
  ['webex-prod', 'webex--prod-authorizer'],
  ['webex/prod', 'webex.prod-authorizer'],
  ['Teams/OAuth', 't~eams.o~a~uth-authorizer'],
])('the authorizer policy of mount %s is named %s', (mount, name) => {
  expect(policyNameOf(mount, 'authorizer')).toBe(name);
});

it("the policy names differ from those of the server's operators", () => {
  const own = ['administrator', 'issuer', 'backup'].map((operator) => `operators-${operator}`);
  const names = [policyNameOf('operators', 'authorizer'), policyNameOf('operators', 'provisioner')];
  expect(
    [...names, ...own.map((name) => policyNameOf('operators', `app-${name}`))].filter((name) => own.includes(name)),
  ).toEqual([]);
});
