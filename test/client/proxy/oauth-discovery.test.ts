import { isOauthDiscovery, withoutDiscovery } from '../../../client/src/proxy/oauth-discovery';

it.each([
  '/.well-known/oauth-protected-resource',
  '/.well-known/oauth-protected-resource/mcp/webex-messaging',
  '/.well-known/oauth-authorization-server',
  '/.well-known/oauth-authorization-server/mcp/webex-messaging',
  '/.well-known/openid-configuration',
  '/mcp/webex-messaging/.well-known/openid-configuration',
])('the path %s is a question for an authorization server', (path) => {
  expect(isOauthDiscovery(path)).toBe(true);
});

it.each(['/mcp/webex-messaging', '/.well-known/oauth-protected-resources', '/v1/people/me', ''])(
  'the path "%s" is none',
  (path) => {
    expect(isOauthDiscovery(path)).toBe(false);
  },
);

it.each([
  ['Bearer resource_metadata="https://mcp.example/a"', 'Bearer'],
  ['Bearer resource_metadata="https://mcp.example/a", error="invalid_token"', 'Bearer error="invalid_token"'],
  ['Bearer error="invalid_token", resource_metadata="https://mcp.example/a,b"', 'Bearer error="invalid_token"'],
  ['Bearer error="e", Resource_Metadata=https://mcp.example, scope="spark:mcp"', 'Bearer error="e", scope="spark:mcp"'],
  ['Bearer realm="webex"', 'Bearer realm="webex"'],
])('the challenge %s is passed without the place of the documents', (challenge, passed) => {
  expect(withoutDiscovery(challenge)).toBe(passed);
});
