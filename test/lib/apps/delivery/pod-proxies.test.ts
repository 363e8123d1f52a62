import { podProxies } from '../../../../lib/apps/delivery/pod-proxies';
import type { DeploymentInput } from '../../../../lib/declaration/schema/deployment';
import { exampleDelivery } from '../../../fixtures/declarations/delivery';

const pods = { serviceAccounts: ['people-me'], namespaces: ['webex'] };

function reading(reads: string[], input: Partial<DeploymentInput> = {}) {
  const credentials = reads.map((name) => ({ name, integration: 'webex-myapp', scopes: ['spark:people_read'] }));
  const apps = [{ name: 'people-me', reads, identity: { kubernetes: pods } }];
  return exampleDelivery(pods, {}, { credentials, apps, ...input });
}

it('the proxy of one credential is at the address that the client and the adapters read', () => {
  expect(podProxies(reading(['testauth']))).toEqual([
    {
      credential: 'testauth',
      name: 'webex-proxy-testauth',
      port: 18201,
      metricsPort: 19201,
      file: '/var/run/secrets/webex/testauth',
      variable: 'WEBEX_BASE_URL',
      url: 'http://127.0.0.1:18201/v1/',
      upstream: undefined,
    },
  ]);
});

it('each of several credentials has a port, a key and a variable of its own, and none is the default', () => {
  const proxies = podProxies(reading(['testauth', 'Test_report-2']));
  expect(proxies.map(({ name, variable, url, file, metricsPort }) => [name, variable, url, file, metricsPort])).toEqual(
    [
      [
        'webex-proxy-testauth',
        'WEBEX_BASE_URL_TESTAUTH',
        'http://127.0.0.1:18201/v1/',
        '/var/run/secrets/webex/testauth',
        19201,
      ],
      [
        'webex-proxy-test-report-2',
        'WEBEX_BASE_URL_TEST_REPORT_2',
        'http://127.0.0.1:18202/v1/',
        '/var/run/secrets/webex/Test_report-2',
        19202,
      ],
    ],
  );
});

it('the upstream is the declared API of Webex', () => {
  const fedramp = podProxies(reading(['testauth'], { webex: { cloud: 'fedramp' } }));
  expect(fedramp).toMatchObject([{ upstream: 'https://api-usgov.webex.com', url: 'http://127.0.0.1:18201/v1/' }]);
  const other = podProxies(reading(['testauth'], { webex: { apiUrl: 'https://webex.test/api/v2' } }));
  expect(other).toMatchObject([{ upstream: 'https://webex.test', url: 'http://127.0.0.1:18201/api/v2/' }]);
});

it('an upstream that was asked for takes the place of the declared one', () => {
  const delivery = reading(['testauth'], { webex: { apiUrl: 'https://webex.test/api/v2' } });
  const upstream = 'https://mcp.webexapis.com';
  expect(podProxies({ ...delivery, proxy: { ...delivery.proxy, upstream } })).toMatchObject([
    { upstream, url: 'http://127.0.0.1:18201/v1/' },
  ]);
});

it('two credentials of one name in Kubernetes are refused, because their containers would have one name', () => {
  expect(() => podProxies(reading(['a_b', 'A-b']))).toThrow(
    'credentials "a_b", "A-b" of app "people-me" would share the container "webex-proxy-a-b"',
  );
});

it('a credential whose container would have too long a name is refused', () => {
  expect(() => podProxies(reading(['a'.repeat(52)]))).toThrow('63 characters at most, got 64');
});
