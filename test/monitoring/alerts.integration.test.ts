import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describeUnless } from '../fixtures/runs/left-out';
import { prometheusUnavailable, promtool } from '../fixtures/programs/prometheus';

const RULES = resolve(__dirname, '../../monitoring/alerts.yml');
const TESTS = resolve(__dirname, '../../monitoring/alerts.test.yml');
const alerts = readFileSync(RULES, 'utf8').match(/^ {6}- alert: /gm) ?? [];

describeUnless(prometheusUnavailable())('the alert rules', () => {
  it('promtool accepts the alert rules', () => {
    expect(promtool(['check', 'rules', '--lint-fatal', RULES])).toEqual({
      exitCode: 0,
      said: expect.stringContaining(`SUCCESS: ${alerts.length} rules found`) as string,
    });
  });

  it('promtool passes the tests of the alert rules', () => {
    expect(promtool(['test', 'rules', TESTS])).toEqual({
      exitCode: 0,
      said: expect.stringContaining('SUCCESS') as string,
    });
  });
});
