import { whatRemains } from '../../../../lib/grants/consent/revocation';
import { NOT_TOLD } from '../../../../lib/grants/consent/upstream-grant';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';

function advice(apiUrl: string): string {
  const deployment = exampleDeployment({ webex: { apiUrl } });
  const [credential] = deployment.credentials;
  return credential === undefined ? '' : whatRemains(deployment, credential, undefined, NOT_TOLD).join('\n');
}

it.each([
  ['https://webexapis.com/v1', 'https://idbroker.webex.com/idb/profile#/tokens'],
  ['https://api-usgov.webex.com/v1', 'https://developer-usgov.webex.com'],
  ['https://webex.example.com/v1', 'the page for tokens of the Webex at https://webex.example.com/v1'],
])('the advice sends a person who consented at %s to the page that lists their tokens', (apiUrl, page) => {
  expect(advice(apiUrl)).toContain(page);
  expect(advice(apiUrl)).toContain(`GET ${apiUrl}/authorizations?personEmail=EMAIL`);
});

it('the advice for another Webex does not name the commercial page', () => {
  expect(advice('https://api-usgov.webex.com/v1')).not.toContain('idbroker.webex.com');
});
