import fc from 'fast-check';
import { LineSplitter } from '../../../lib/usage/line-splitter';
import { UsageCount } from '../../../lib/usage/usage-count';
import { usageJson } from '../../../lib/usage/usage-json';
import { usageReport } from '../../../lib/usage/usage-report';
import { usageTable } from '../../../lib/usage/usage-table';
import { anyValue, oddText, wholeText } from '../../fixtures/arbitrary/text';
import { property } from '../../fixtures/arbitrary/property';
import { exampleDeployment } from '../../fixtures/declarations/example-deployment';
import {
  auditEntry,
  auditLine,
  HASH,
  REFUSED,
  requestLine,
  vaultAuditLine,
  type AuditLine,
} from '../../fixtures/results/log-lines';

const deployment = exampleDeployment({
  credentials: ['testauth', 'other'].map((name) => ({
    name,
    integration: 'webex-myapp',
    scopes: ['spark:people_read'],
  })),
});

/** A few moments, so that several lines have the same one. */
const time = fc
  .integer({ min: 0, max: 100 })
  .map((minute) => new Date(Date.UTC(2026, 11, 1, 0, minute, 1)).toISOString());

const line: fc.Arbitrary<AuditLine> = fc.record(
  {
    time,
    type: fc.constantFrom('request' as const, 'response' as const),
    operation: fc.constantFrom('read', 'update'),
    path: fc.oneof(
      fc.constantFrom('oauthapp/creds/testauth', 'oauthapp/creds/other', 'sys/mounts'),
      oddText.map((text) => `oauthapp/creds/${text}`),
    ),
    displayName: fc.oneof(fc.constantFrom('approle', 'operators', 'root', null), oddText),
    metadata: fc.constantFrom<Record<string, string>>({}, { role_name: 'people-me' }, { role_name: '__proto__' }),
    policies: fc.constantFrom(['oauthapp-app-people-me'], ['oauthapp-observer'], ['root'], []),
    address: fc.constantFrom('10.0.0.1', '10.0.0.2'),
  },
  { requiredKeys: [] },
);

const anyLine = fc.oneof(
  fc.tuple(line, fc.boolean()).map(([each, isRefused]) => auditLine(isRefused ? { ...each, ...REFUSED } : each)),
  line.map(vaultAuditLine),
  line.map((each) => `@cee: ${auditLine(each)}`),
  line.map((each) => JSON.stringify(auditEntry(each)).slice(0, 300)),
  fc
    .record({
      time,
      app: fc.constantFrom('people-me', 'gone', null),
      credential: fc.constantFrom('testauth', 'x'),
      refusal: fc.constantFrom(undefined, 'allow', 'vault'),
    })
    .map(requestLine),
  wholeText.filter((text) => !text.includes('\n')),
);

/** Counts logs, each given in chunks. */
function counted(logs: readonly Buffer[], chunkBytes: number): UsageCount {
  const count = new UsageCount(deployment, Date.UTC(2026, 11, 1, 0, 50));
  for (const log of logs) {
    const splitter = new LineSplitter(count);
    for (let start = 0; start < log.length; start += chunkBytes) {
      splitter.push(log.subarray(start, start + chunkBytes));
    }
    splitter.end();
  }
  return count;
}

/** All that the logs say, in both presentations. */
function shown(count: UsageCount): string {
  // A log without a line has no period, and ends with an error before.
  const { lines } = count;
  const report = usageReport(deployment, count);
  return lines.audit + lines.proxied === 0
    ? JSON.stringify(lines)
    : [...usageJson(report), ...usageTable(report)].join('\n');
}

property(
  'lines in any order, in any files and in any chunks give the same counts',
  fc.array(anyLine, { maxLength: 30 }).chain((lines) =>
    fc.record({
      lines: fc.constant(lines),
      shuffled: fc.shuffledSubarray(lines, { minLength: lines.length }),
      cut: fc.nat(lines.length),
      chunkBytes: fc.integer({ min: 1, max: 3_000 }),
    }),
  ),
  ({ lines, shuffled, cut, chunkBytes }) => {
    const log = (part: readonly string[]): Buffer => Buffer.from(part.map((each) => `${each}\n`).join(''));
    const whole = shown(counted([log(lines)], 1_000_000));
    expect(shown(counted([log(shuffled.slice(0, cut)), log(shuffled.slice(cut))], chunkBytes))).toBe(whole);
    expect(whole).not.toContain(HASH);
    // eslint-disable-next-line no-control-regex -- control characters are what may not be there
    expect(whole).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  },
);

property(
  'no line stops the count, and each line is counted once',
  fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      anyValue.map((value) =>
        Buffer.from(`{"time":"2026-12-01T00:00:00Z","type":"response","request":${tryJson(value)}}`),
      ),
      fc.object({ maxDepth: 3 }).map((value) => Buffer.from(JSON.stringify({ ...auditEntry(), ...value }))),
      anyLine.map((text) => Buffer.from(text)),
    ),
    { maxLength: 10 },
  ),
  (lines) => {
    const whole = Buffer.concat(lines.flatMap((each) => [each, Buffer.from('\n')]));
    const count = counted([whole], 7);
    shown(count);
    const { audit, proxied, skipped, tooLong } = count.lines;
    const filled = whole
      .toString('latin1')
      .split('\n')
      .filter((text) => text !== '').length;
    expect(audit + proxied + skipped + tooLong).toBe(filled);
  },
);

function tryJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return '[';
  }
}
