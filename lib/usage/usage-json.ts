import type { UsageReport, UsageRow } from './usage-report';

/*
 * The report for programs. Times are in ISO 8601. Every field is present, and null if there is no value. Names are values and no
 * keys, because a reader may be called `__proto__`.
 */

/** Version of this format. It changes if a reader of the old format would misread the new one. */
const FORMAT_VERSION = 1;

/** The text in parts, one row a line, because a report may have a million rows. */
export function* usageJson(report: UsageReport): Generator<string> {
  const { first, last, since, lines, rows, idleApps, unread, reads, unexpected, refusals } = report;
  const head = {
    version: FORMAT_VERSION,
    period: { first: time(first), last: time(last), since: time(since) },
    lines: { audit: lines.audit, proxied: lines.proxied, skipped: lines.skipped, too_long: lines.tooLong },
    reads,
    unexpected,
    refusals,
    idle_apps: idleApps,
    unread_credentials: unread,
  };
  yield `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "rows": [`;
  let separator = '';
  for (const row of rows()) {
    yield `${separator}\n    ${JSON.stringify(ofRow(row))}`;
    separator = ',';
  }
  yield '\n  ]\n}\n';
}

function ofRow({ credential, reader, isExpected, tally, lastAddress }: UsageRow): object {
  return {
    credential: credential ?? null,
    reader: reader.kind,
    name: reader.name,
    policies: reader.policies,
    expected: isExpected,
    reads: tally.reads,
    refused: tally.refused,
    failed: tally.failed,
    first_read: time(ms(tally.firstRead)),
    last_read: time(ms(tally.lastRead)),
    requests: tally.requests,
    requests_refused: tally.requestsRefused,
    requests_failed: tally.requestsFailed,
    first_request: time(ms(tally.firstRequest)),
    last_request: time(ms(tally.lastRequest)),
    last_address: lastAddress ?? null,
  };
}

function ms(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}

function time(value: number | undefined): string | null {
  return value === undefined ? null : new Date(value).toISOString();
}
