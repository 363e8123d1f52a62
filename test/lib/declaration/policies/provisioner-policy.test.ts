import { provisionerPolicy } from '../../../../lib/declaration/policies/provisioner-policy';
import { provisionerRights } from '../../../../lib/declaration/policies/operator-rights';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';

function policyOf(changes: Parameters<typeof exampleDeployment>[0] = {}): string {
  return provisionerPolicy(provisionerRights(exampleDeployment(changes)));
}

it('may see its own policy, not widen it', () => {
  expect(policyOf()).toContain('path "sys/policies/acl/oauthapp-provisioner" {\n  capabilities = ["read"]\n}');
});

it('may neither read a credential nor issue a secret id', () => {
  expect(policyOf()).not.toMatch(/creds|secret-id/);
});

it('has no right to what the stack does not declare', () => {
  const policy = policyOf({
    appRole: { manage: false },
    engine: { plugin: { manage: false } },
  });
  expect(policy).not.toMatch(/sys\/auth|sys\/plugins/);
});

describe('where people act as operators', () => {
  const people = (groups: object) =>
    policyOf({ operators: { oidc: { path: 'sso', issuer: 'https://id.example', clientId: 'vault', groups } } });
  const added = (groups: object) => {
    const before = policyOf().split('\n\n');
    return people(groups)
      .split('\n\n')
      .filter((rule) => !before.includes(rule));
  };

  it('may do what their auth method takes, and nothing else', () => {
    expect(added({ authorizer: ['admins'] }).join('\n\n')).toMatchSnapshot();
  });

  it('may write the policy of the issuers among them, and else take it away', () => {
    const rule = (groups: object) => /path "sys\/policies\/acl\/oauthapp-issuer" \{\n.*/.exec(people(groups))?.[0];
    expect(rule({ issuer: ['owners'] })).toContain('["read","update","delete"]');
    expect(rule({ observer: ['on-call'] })).toContain('["read","delete"]');
    expect(policyOf()).not.toContain('oauthapp-issuer');
  });
});

it('names policies without upper case and slashes', () => {
  const policy = policyOf({ engine: { mountPath: 'Teams/OAuth', plugin: { manage: false } } });
  expect(policy).toContain('path "sys/policies/acl/t~eams.o~a~uth-authorizer"');
  expect(policy).toContain('path "Teams/OAuth/config"');
});

describe('of apps with an identity of their own', () => {
  const jwt = { issuer: 'https://i.example', audience: 'v', claims: { sub: 'me' } };
  const of = (identity: object) => policyOf({ apps: [{ name: 'job', reads: ['testauth'], identity }] });
  const rulesOf = (policy: string): string[] => policy.trimEnd().split('\n\n');

  it('may enable and configure the method, write the role, and take away other roles of it', () => {
    const byAppRole = rulesOf(policyOf({ apps: [{ name: 'job', reads: ['testauth'] }] }));
    expect(rulesOf(of({ jwt })).filter((rule) => !byAppRole.includes(rule))).toMatchSnapshot();
  });

  it('has no right to a method that somebody else has set up, but for its own role', () => {
    const paths = [...of({ jwt: { ...jwt, manageMethod: false } }).matchAll(/path "(.*jwt.*)"/g)].map(
      ([, path]) => path,
    );
    expect(paths).toEqual(['auth/jwt/role/job']);
  });
});

describe('where the engine moves', () => {
  const moving = policyOf({ engine: { mountPath: 'webex', movedFrom: 'oauthapp', plugin: { manage: false } } });
  const rules = (policy: string): string[] => policy.trimEnd().split('\n\n');

  it('may move it from the one path to the other, and look at what it knows at the former', () => {
    const settled = rules(policyOf({ engine: { mountPath: 'webex', plugin: { manage: false } } }));
    expect(rules(moving).filter((rule) => !settled.includes(rule))).toMatchSnapshot();
    expect(settled.filter((rule) => !rules(moving).includes(rule))).toEqual([]);
  });

  it('may delete nothing there but the policies of its former name', () => {
    const former = rules(moving).filter((rule) => rule.includes('oauthapp'));
    expect(former.filter((rule) => /delete/.test(rule)).map((rule) => /path "(.+?)"/.exec(rule)?.[1])).toEqual([
      'sys/policies/acl/oauthapp-app-people-me',
      'sys/policies/acl/oauthapp-authorizer',
      'sys/policies/acl/oauthapp-observer',
      'sys/policies/acl/oauthapp-healer',
    ]);
  });
});
