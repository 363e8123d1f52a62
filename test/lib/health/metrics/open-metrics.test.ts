import { toOpenMetrics, type Gauge } from '../../../../lib/health/metrics/open-metrics';
import { describeUnless } from '../../../fixtures/runs/left-out';
import { prometheusUnavailable, promtool } from '../../../fixtures/programs/prometheus';

const age: Gauge = {
  name: 'test_age_seconds',
  help: 'How old it is.',
  unit: 'seconds',
  samples: [
    { labels: { name: 'a "b" \\ c\nd' }, value: 1.5 },
    { labels: { name: 'other' }, value: 1_764_081_559.123 },
  ],
};

it('the text has the help, type and unit of a gauge, and a series for each sample', () => {
  expect(toOpenMetrics([age, { name: 'test_up', help: 'Whether.', samples: [{ labels: {}, value: 1 }] }])).toBe(
    [
      '# HELP test_age_seconds How old it is.',
      '# TYPE test_age_seconds gauge',
      '# UNIT test_age_seconds seconds',
      'test_age_seconds{name="a \\"b\\" \\\\ c\\nd"} 1.5',
      'test_age_seconds{name="other"} 1764081559.123',
      '# HELP test_up Whether.',
      '# TYPE test_up gauge',
      'test_up 1',
      '# EOF',
      '',
    ].join('\n'),
  );
});

it('the text leaves out a gauge without a series', () => {
  expect(toOpenMetrics([{ ...age, samples: [] }])).toBe('# EOF\n');
});

it("the text has the given label on every series, and keeps the series' own labels", () => {
  expect(toOpenMetrics([age], { environment: 'staging' })).toContain(
    'test_age_seconds{environment="staging",name="other"} ',
  );
});

describeUnless(prometheusUnavailable())("Prometheus' older text format", () => {
  it("promtool accepts the text as Prometheus' older format", () => {
    expect(promtool(['check', 'metrics'], toOpenMetrics([age], { environment: 'staging' }))).toEqual({
      exitCode: 0,
      said: '',
    });
  });
});
