import { consentSite, consentSites } from '../../../../lib/declaration/derived/consent-site';
import { oidcRoles } from '../../../../lib/declaration/derived/oidc-method';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';

function deploymentWith(...redirectUrls: string[]) {
  const integrations = redirectUrls.map((redirectUrl, index) => ({ name: `i${index}`, redirectUrl }));
  const oidc = { issuer: 'https://id.example', clientId: 'vault', groups: { authorizer: ['a'], observer: ['b'] } };
  const credentials = [{ name: 'testauth', integration: 'i0', scopes: ['spark:people_read'] }];
  return exampleDeployment({ integrations, credentials, operators: { oidc } });
}

it.each([
  ['https://grants.example.com/callback', 'https://grants.example.com/', 'callback'],
  ['https://grants.example.com:8443/webex/in', 'https://grants.example.com:8443/webex/', 'in'],
  ['https://Grants.Example.com/a/../b%20c', 'https://grants.example.com/', 'b%20c'],
])('the pages of the consent site of %s are below %s', (redirectUrl, base, path) => {
  const site = consentSite({ redirectUrl });
  expect(site).toMatchObject({ redirectPaths: [path] });
  expect([site?.base, site?.oidcCallback, site?.serviceAppEvents].map(String)).toEqual([
    base,
    `${base}oidc/callback`,
    `${base}webhooks/service-apps`,
  ]);
});

it('an integration that redirects to this machine has no consent site', () => {
  expect(consentSite({ redirectUrl: 'http://localhost:5000/auth' })).toBeUndefined();
});

it('the consent sites of a deployment are listed once, with all paths of redirects', () => {
  const sites = consentSites(
    deploymentWith('https://a.example/x', 'http://localhost:5000/auth', 'https://a.example/y', 'https://b.example/x'),
  );
  expect(sites.map(({ base, redirectPaths }) => [base.href, redirectPaths])).toEqual([
    ['https://a.example/', ['x', 'y']],
    ['https://b.example/', ['x']],
  ]);
});

it('only the authorizer may log in on the consent site', () => {
  const local = 'http://localhost:8250/oidc/callback';
  const roles = oidcRoles(deploymentWith('https://a.example/x'));
  expect(roles.map(({ operator, redirectUrls }) => [operator, redirectUrls])).toEqual([
    ['authorizer', [local, 'https://a.example/oidc/callback']],
    ['observer', [local]],
  ]);
});
