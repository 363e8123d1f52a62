import { linesOf, SEVERITIES, unhealthyOnes, type Report } from './report';

/*
 * The report as the result of a monitoring check.
 *
 * @see https://www.monitoring-plugins.org/doc/guidelines.html
 */

/** The index of each result is its exit code. */
const RESULTS = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'];

/** Exit code of a check without a result. */
export const UNKNOWN_EXIT_CODE = 3;

/** The result is `UNKNOWN` if the server is down, because the state of its grants is then unknown. */
export function monitoringExitCode({ server, severity }: Report): number {
  return server.severity === 'broken' ? UNKNOWN_EXIT_CODE : SEVERITIES.indexOf(severity);
}

/** The first line of the output, such as "CRITICAL - 1 of 12 broken, 2 of 12 to fix within days". */
export function resultLine(report: Report): string {
  const result = RESULTS[monitoringExitCode(report)];
  if (result === 'UNKNOWN') {
    return `${result} - the server is ${report.server.state}, so the state of the grants is unknown`;
  }
  const severities = linesOf(report).map(({ line }) => line.severity);
  const total = ` of ${severities.length}`;
  return `${result} - ${unhealthyOnes(severities, total) || `${severities.length}${total} healthy`}`;
}
