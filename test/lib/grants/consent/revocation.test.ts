import { whatRemains } from '../../../../lib/grants/consent/revocation';
import { NOT_TOLD } from '../../../../lib/grants/consent/upstream-grant';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';

function advice(apiUrl: string): string {
  const deployment = exampleDeployment({ webex: { apiUrl } });
  const [credential] = deployment.credentials;
  return credential === undefined ? '' : whatRemains(deployment, credential, {}, NOT_TOLD).join('\n');
}

it.each([
  ['https://webexapis.com/v1', 'https://idbroker.webex.com/idb/profile#/tokens'],
  ['https://api-usgov.webex.com/v1', 'https://developer-usgov.webex.com'],
  ['https://webex.example.com/v1', 'the page for tokens of the Webex behind https://webex.example.com/v1'],
])('sends whoever consented at %s to where that Webex shows it', (apiUrl, page) => {
  expect(advice(apiUrl)).toContain(page);
  expect(advice(apiUrl)).toContain(`GET ${apiUrl}/authorizations?personEmail=EMAIL`);
});

it('names the commercial page to nobody else', () => {
  expect(advice('https://api-usgov.webex.com/v1')).not.toContain('idbroker.webex.com');
});
