import type { Line, Report } from '../report';
import type { LookOutcome } from './changes';

/**
 * The same without accounts. A webhook leads to a room or to somebody else's service, and a message about a state needs no
 * personal data.
 */
export function impersonal(outcome: LookOutcome): LookOutcome {
  return 'report' in outcome ? { ...outcome, report: withoutAccounts(outcome.report) } : outcome;
}

function withoutAccounts(report: Report): Report {
  return {
    ...report,
    credentials: report.credentials.map((line) => ({
      ...worded(line),
      consentedBy: undefined,
      organization: undefined,
      verified: undefined,
    })),
  };
}

function worded<T extends Line>(line: T): T {
  return line.impersonal === undefined ? line : { ...line, next: undefined, ...line.impersonal };
}
