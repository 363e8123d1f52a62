import { provisionerPolicy } from '../../../../lib/declaration/policies/provisioner-policy';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';
import { policyLines } from '../../../fixtures/declarations/policy-lines';

function policyOf(changes: Parameters<typeof exampleDeployment>[0] = {}): string {
  return provisionerPolicy(exampleDeployment(changes));
}

it('the provisioner may read its own policy but not change it', () => {
  expect(policyOf()).toContain('path "sys/policies/acl/oauthapp-provisioner" {\n  capabilities = ["read"]\n}');
});

it('the provisioner may neither read a credential nor issue a secret id', () => {
  expect(policyOf()).not.toMatch(/creds|secret-id/);
});

it('the provisioner has rights only to objects that the stack declares', () => {
  const policy = policyOf({
    appRole: { manage: false },
    engine: { plugin: { manage: false } },
  });
  expect(policy).not.toMatch(/sys\/auth|sys\/plugins/);
});

describe('with people as operators', () => {
  const people = (groups: object) =>
    policyOf({ operators: { oidc: { path: 'sso', issuer: 'https://id.example', clientId: 'vault', groups } } });
  const added = (groups: object) => {
    const before = policyLines(policyOf());
    return policyLines(people(groups)).filter((rule) => !before.includes(rule));
  };

  it('the provisioner gets exactly the rights that the auth method of people requires', () => {
    expect(added({ authorizer: ['admins'] })).toMatchSnapshot();
  });

  it('the provisioner may write the issuer policy if people are issuers, and may delete it otherwise', () => {
    const rule = (groups: object) => /path "sys\/policies\/acl\/oauthapp-issuer" \{\n.*/.exec(people(groups))?.[0];
    expect(rule({ issuer: ['owners'] })).toContain('["read","update","delete"]');
    expect(rule({ observer: ['on-call'] })).toContain('["read","delete"]');
    expect(policyOf()).not.toContain('oauthapp-issuer');
  });
});

it('the policy names other policies without upper case and slashes', () => {
  const policy = policyOf({ engine: { mountPath: 'Teams/OAuth', plugin: { manage: false } } });
  expect(policy).toContain('path "sys/policies/acl/t~eams.o~a~uth-authorizer"');
  expect(policy).toContain('path "Teams/OAuth/config"');
});

describe('with apps that have an identity of their own', () => {
  const jwt = { issuer: 'https://i.example', audience: 'v', claims: { sub: 'me' } };
  const of = (identity: object) => policyOf({ apps: [{ name: 'job', reads: ['testauth'], identity }] });

  it("the provisioner may enable and configure an app's auth method, write its role and delete other roles", () => {
    const byAppRole = policyLines(policyOf({ apps: [{ name: 'job', reads: ['testauth'] }] }));
    expect(policyLines(of({ jwt })).filter((rule) => !byAppRole.includes(rule))).toMatchSnapshot();
  });

  it("the provisioner may write only the app's own role in a method that others manage", () => {
    const paths = [...of({ jwt: { ...jwt, manageMethod: false } }).matchAll(/path "(.*jwt.*)"/g)].map(
      ([, path]) => path,
    );
    expect(paths).toEqual(['auth/jwt/role/job']);
  });
});

describe('with an engine that moves', () => {
  const moving = policyOf({ engine: { mountPath: 'webex', movedFrom: 'oauthapp', plugin: { manage: false } } });

  it('the provisioner may move the engine and read its configuration at the former path', () => {
    const settled = policyLines(policyOf({ engine: { mountPath: 'webex', plugin: { manage: false } } }));
    expect(policyLines(moving).filter((rule) => !settled.includes(rule))).toMatchSnapshot();
    expect(settled.filter((rule) => !policyLines(moving).includes(rule))).toEqual([]);
  });

  it('the provisioner may delete only the policies of the former name during a move', () => {
    const former = policyLines(moving).filter((rule) => rule.includes('oauthapp'));
    expect(former.filter((rule) => /delete/.test(rule)).map((rule) => rule.split(' ')[0])).toEqual([
      'sys/policies/acl/oauthapp-app-people-me',
      'sys/policies/acl/oauthapp-authorizer',
      'sys/policies/acl/oauthapp-observer',
      'sys/policies/acl/oauthapp-healer',
    ]);
  });
});
