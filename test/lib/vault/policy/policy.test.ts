import { appPolicy } from '../../../../lib/declaration/policies/app-policy';
import { healerPolicy } from '../../../../lib/declaration/policies/healer-policy';
import { observerPolicy } from '../../../../lib/declaration/policies/observer-policy';
import { parsePolicy } from '../../../../lib/vault/policy/policy';
import { mayReadSome } from '../../../../lib/vault/policy/policy-rights';
import { PolicyUnreadable } from '../../../../lib/vault/policy/syntax';
import { serviceAppDeployment } from '../../../fixtures/declarations/service-app-deployment';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';

/* Uncertain syntax is refused. policy-rights.integration.test.ts compares the certain syntax with the real server. */

it.each([
  ['a heredoc', 'path <<X\na\nX\n{ }'],
  ['interpolation', 'path "oauthapp/${x}" { capabilities = ["read"] }'],
  ['an attribute that nobody knows', 'path "a" { capability = ["read"] }'],
  ['capabilities twice', 'path "a" { capabilities = ["read"] capabilities = ["deny"] }'],
  ['capabilities that are no list', 'path "a" { capabilities = "read" }'],
  ['a path without a block', 'path = "a"'],
  ['what is cut off', 'path "a" { capabilities = ["read"'],
  ['another block', 'policy "a" { capabilities = ["read"] }'],
  ['JSON with more behind it', '{"path": {}} {}'],
  ['JSON that ends in a comma', '{"path": {"a": {"capabilities": ["read"],}}}'],
])('the parser rejects %s as unreadable', (_, policy) => {
  expect(() => parsePolicy('x', policy)).toThrow(PolicyUnreadable);
});

it.each([
  ['oauthapp/creds/{{identity.entity.name}}', true],
  ['oauthapp/creds/{{identity.entity.name}}/x', false],
  ['{{identity.entity.metadata.mount}}/creds/*', true],
  ['+/creds/{{identity.entity.id}}', true],
  ['secret/{{identity.entity.id}}/*', false],
  ['oauthapp/creds/*', false],
])('the path %s depends on the entity that asks: %s', (path, depends) => {
  const policy = parsePolicy('x', `path "${path}" { capabilities = ["read"] }`);
  expect(mayReadSome(policy, 'oauthapp/creds/testauth')).toBe(depends);
});

it.each([
  ['an app', appPolicy('oauthapp', ['testauth', 'other'])],
  ['the observer', observerPolicy(exampleDeployment())],
  ['the healer', healerPolicy(serviceAppDeployment({ reports: 'asker' }))],
])('the policy of %s has no rule that lets a reader of a credential force a refresh', (_, policy) => {
  const ofCredentials = policy.match(/^path "oauthapp\/creds\/[^}]*\}\n\}$/gm) ?? [];
  expect(ofCredentials).toHaveLength(policy.match(/^path "oauthapp\/creds\//gm)?.length ?? -1);
  for (const rule of ofCredentials) {
    expect(rule).toMatch(/^ {2}(?:denied_parameters = \{\n {4}"\*" = \[\]|allowed_parameters = \{)/m);
    expect(rule).not.toMatch(/minimum_seconds|allowed_parameters = \{[^}]*"\*"/);
  }
});
