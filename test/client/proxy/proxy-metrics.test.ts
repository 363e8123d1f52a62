import { requestLine } from '../../../client/src/proxy/request-log';
import { ProxyMetrics } from '../../../client/src/proxy/proxy-metrics';

const SERVED = { method: 'GET', path: '/v1/people/me', status: 200, milliseconds: 12.345, bytes: 7 } as const;

it('a request line has its fields in a fixed order', () => {
  const now = new Date('2026-12-02T03:24:48.123Z');
  expect(requestLine(SERVED, 'testauth', 'reports', now)).toBe(
    '{"time":"2026-12-02T03:24:48.123Z","credential":"testauth","app":"reports","method":"GET","path":"/v1/people/me","status":200,"milliseconds":12.3,"bytes":7}',
  );
  const refused = requestLine({ ...SERVED, refusal: 'key' }, 'testauth', undefined, now);
  expect(refused).toMatch(/"app":null,.*,"refusal":"key"\}$/);
});

it('counters have the names of each format', () => {
  const metrics = new ProxyMetrics();
  metrics.add(SERVED);
  metrics.add({ ...SERVED, status: 403, milliseconds: 100_000, refusal: 'allow' });
  const labels = { credential: 'a"b' };
  const open = metrics.text(3, labels, true);
  expect(open).toContain('# TYPE webex_token_proxy_requests counter\n');
  expect(open).toContain('webex_token_proxy_requests_total{credential="a\\"b",method="GET",status="200"} 1\n');
  expect(open).toContain('webex_token_proxy_duration_seconds_bucket{credential="a\\"b",le="0.025"} 1\n');
  expect(open).toContain('webex_token_proxy_duration_seconds_bucket{credential="a\\"b",le="+Inf"} 2\n');
  expect(open).toContain('webex_token_proxy_running_requests{credential="a\\"b"} 3\n');
  expect(open).toMatch(/\n# EOF\n$/);
  const plain = metrics.text(3, labels, false);
  expect(plain).toContain('# TYPE webex_token_proxy_requests_total counter\n');
  expect(plain).not.toContain('EOF');
});
