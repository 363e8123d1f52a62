import { withConsentSite } from '../../../../lib/health/looks/consent-need';
import { peopleSite } from '../../../../lib/declaration/derived/consent-site';
import type { CredentialLine } from '../../../../lib/health/report';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';

const line: CredentialLine = {
  name: 'testauth',
  integration: 'webex-myapp',
  state: 'gone',
  severity: 'broken',
  detail: 'ada@example.com consented',
  next: 'authorize testauth',
  impersonal: { detail: 'somebody consented', next: 'authorize testauth' },
  tokens: [],
  notes: [],
};

function siteOf(redirectUrl: string, groups: object) {
  const oidc = { issuer: 'https://id.example', clientId: 'vault', groups };
  const integrations = [{ name: 'webex-myapp', clientId: 'C0ffee', redirectUrl }];
  return peopleSite(exampleDeployment({ integrations, operators: { oidc } }), 'webex-myapp');
}

it('the next step of a credential that needs a consent names the site, with and without accounts', () => {
  const site = siteOf('https://grants.example.com/webex/callback', { authorizer: ['admins'] });
  const next = 'log in at https://grants.example.com/webex/, or: authorize testauth';
  expect(withConsentSite(line, site)).toMatchObject({ next, impersonal: { detail: 'somebody consented', next } });
});

it('the next step of a failure that passes by itself names no site', () => {
  const site = siteOf('https://grants.example.com/webex/callback', { authorizer: ['admins'] });
  const failing: CredentialLine = { ...line, state: 'failing', severity: 'attention' };
  expect(withConsentSite(failing, site)).toEqual(failing);
});

it.each([
  ['an integration that redirects to this machine', 'http://localhost:5000/auth', { authorizer: ['admins'] }],
  ['a deployment without authorizers by OIDC', 'https://grants.example.com/callback', { observer: ['on-call'] }],
])('%s has no site for people', (_, redirectUrl, groups) => {
  expect(siteOf(redirectUrl, groups)).toBeUndefined();
  expect(withConsentSite(line, undefined)).toBe(line);
});
