import { monitoringExitCode, resultLine } from '../../../lib/health/monitoring-result';
import type { Report, Severity } from '../../../lib/health/report';
import { credentialLine, report } from '../../fixtures/results/report';

function withCredentials(...severities: Severity[]): Report {
  const credentials = severities.map((severity, index) => credentialLine({ name: `grant-${index}`, severity }));
  return report({ credentials });
}

it.each<[string, Severity[], number]>([
  ['OK - 6 of 6 healthy', ['healthy', 'healthy'], 0],
  ['WARNING - 1 of 6 to fix within days', ['healthy', 'attention'], 1],
  ['CRITICAL - 2 of 7 broken, 1 of 7 to fix within days', ['broken', 'attention', 'broken'], 2],
])('the result line is %j, with its exit code', (line, severities, exitCode) => {
  const found = withCredentials(...severities);
  expect(resultLine(found)).toBe(line);
  expect(monitoringExitCode(found)).toBe(exitCode);
});

it('the result is UNKNOWN if the server is down', () => {
  const found = withCredentials('broken');
  const sealed = { ...found, server: { ...found.server, state: 'sealed', severity: 'broken' } } as Report;
  expect(resultLine(sealed)).toBe('UNKNOWN - the server is sealed, so the state of the grants is unknown');
  expect(monitoringExitCode(sealed)).toBe(3);
});
