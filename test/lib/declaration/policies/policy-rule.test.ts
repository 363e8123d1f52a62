import { renderPolicy, rule, tokenRead } from '../../../../lib/declaration/policies/policy-rule';

it('a policy has its rules in HCL, each with its purpose and its limits', () => {
  const rules = [
    tokenRead('oauthapp', 'testauth', 'access token of testauth'),
    rule('a/config', ['read', 'update'], 'settings', { allowedParameters: { server: ['x', 'y', 'x'], code: [] } }),
    rule('a/secret-id', ['update'], 'new secret id', { maxWrappingTtlSeconds: 60 }),
  ];
  expect(renderPolicy(rules)).toBe(`# access token of testauth
path "oauthapp/creds/testauth" {
  capabilities = ["read"]
  denied_parameters = {
    "*" = []
  }
}

# settings
path "a/config" {
  capabilities = ["read","update"]
  allowed_parameters = {
    "server" = ["x","y"]
    "code" = []
  }
}

# new secret id
path "a/secret-id" {
  capabilities = ["update"]
  min_wrapping_ttl = "1s"
  max_wrapping_ttl = "60s"
}
`);
});
