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

it('writes what a gauge is, its unit, and a series for each sample', () => {
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

it('leaves out a gauge that has no series', () => {
  expect(toOpenMetrics([{ ...age, samples: [] }])).toBe('# EOF\n');
});

it('puts a label that is given on every series, and keeps its own', () => {
  expect(toOpenMetrics([age], { environment: 'staging' })).toContain(
    'test_age_seconds{environment="staging",name="other"} ',
  );
});

describeUnless(prometheusUnavailable())("Prometheus' older text format", () => {
  it('is what it writes too, as promtool has it', () => {
    expect(promtool(['check', 'metrics'], toOpenMetrics([age], { environment: 'staging' }))).toEqual({
      exitCode: 0,
      said: '',
    });
  });
});
