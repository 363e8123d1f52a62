import { leftOut, rehearse, withDeclaredSites } from '../../rehearsal/rehearsed-deployment';
import { exampleDeployment } from '../fixtures/declarations/example-deployment';

const servers = {
  vaultAddress: 'http://127.0.0.1:1',
  webexApiUrl: 'http://127.0.0.1:2/v1',
  redirectPort: 3,
  pluginPath: '/plugin',
};

it("the rehearsed deployment omits the operators' identity provider, and a note says so", () => {
  const oidc = { issuer: 'https://id.example', clientId: 'vault', groups: { authorizer: ['admins'] } };
  const declared = exampleDeployment({ operators: { oidc } });
  expect(rehearse(declared, servers).operators).toBeUndefined();
  expect(leftOut(declared)).toEqual([expect.stringMatching(/^operators\.oidc is not rehearsed: [^\n]+$/)]);
  expect(leftOut(exampleDeployment())).toEqual([]);
});

it('the rehearsed deployment redirects to this machine, and a note names the consent site', () => {
  const redirectUrl = 'https://grants.example.com/callback';
  const declared = exampleDeployment({ integrations: [{ name: 'webex-myapp', redirectUrl }] });
  expect(rehearse(declared, servers).integrations[0]?.redirectUrl).toBe('http://localhost:3/callback');
  expect(leftOut(declared)).toEqual([expect.stringMatching(/^https:\/\/grants.example.com\/ is not rehearsed: /)]);
});

it('a person of a kept rehearsal gets the declared address of the consent site, and no other address', () => {
  const redirectUrl = 'https://grants.example.com/callback';
  const declared = exampleDeployment({
    integrations: [
      { name: 'webex-myapp', redirectUrl },
      { name: 'on-this-machine', redirectUrl: 'http://localhost:5000/auth' },
    ],
  });
  const { integrations, vault } = withDeclaredSites(rehearse(declared, servers), declared);
  expect(integrations.map((each) => each.redirectUrl)).toEqual([redirectUrl, 'http://localhost:3/auth']);
  expect(vault.address).toBe(servers.vaultAddress);
});
