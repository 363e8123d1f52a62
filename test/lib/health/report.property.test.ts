import fc from 'fast-check';
import { toJson } from '../../../lib/health/status-json';
import { gaugesOf } from '../../../lib/health/metrics/health-metrics';
import { toOpenMetrics } from '../../../lib/health/metrics/open-metrics';
import { toHtml } from '../../../lib/health/html/status-page';
import { SEVERITIES, STATES, type CredentialLine, type Report } from '../../../lib/health/report';
import { toTable } from '../../../lib/health/status-table';
import { newsSince } from '../../../lib/health/notifications/changes';
import { messageBody, WEBHOOK_FORMATS } from '../../../lib/health/notifications/message';
import { name, oddText } from '../../fixtures/arbitrary/text';
import { property } from '../../fixtures/arbitrary/property';
import { credentialLine, report } from '../../fixtures/results/report';

/* Reports with any text from Vault, Webex and people, in every presentation. */

/** Times of a record, of which only the format is checked. */
const time = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const line: fc.Arbitrary<CredentialLine> = fc
  .record({
    name,
    state: fc.constantFrom(...STATES.credential),
    severity: fc.constantFrom(...SEVERITIES),
    detail: oddText,
    next: some(
      fc.oneof(
        oddText,
        oddText.map((text) => `npx --no-install webex-token-vault authorize ${text}`),
      ),
    ),
    notes: fc.array(oddText, { maxLength: 2 }),
    consentedBy: some(oddText),
    organization: some(oddText),
    verified: some(fc.record({ email: oddText, organization: oddText })),
    consentedAt: some(time),
    refreshedAt: some(time),
    expireTime: some(time),
    failingSince: some(time),
    horizon: some(fc.record({ until: time, assumption: some(oddText) })),
    tokens: fc.array(fc.record({ expireTime: time, firstSeenAt: time }), { maxLength: 3 }),
  })
  .map(({ horizon, ...changes }) => credentialLine({ ...changes, horizon: horizon as CredentialLine['horizon'] }));

const reports: fc.Arbitrary<Report> = fc
  .array(line, { maxLength: 3 })
  .map((credentials) => report({ credentials, apps: credentials.map((each) => ({ ...each, state: 'good' })) }));

/** The same value with ordinary text in place of odd text. */
function plain(value: unknown): unknown {
  if (typeof value === 'string') {
    return /^(?:https?:\/\/|npx )/.test(value) || isWord(value) ? value : 'text';
  }
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  return typeof value === 'object' && value !== null && !(value instanceof Date)
    ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]))
    : value;
}

function isWord(text: string): boolean {
  return [...STATES.credential, ...SEVERITIES, 'up', 'running', 'present', 'good'].some((word) => word === text);
}

function tagsOf(page: string): string[] {
  return page.match(/<\/?[a-zA-Z!][^\s>]*/g) ?? [];
}

property('a page has the tags of a page in which nothing odd is said', reports, (seen) => {
  const page = toHtml(seen);
  expect(tagsOf(page)).toEqual(tagsOf(toHtml(plain(seen) as Report)));
  // eslint-disable-next-line no-control-regex -- the control characters are the point
  expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});

property('a table obeys nobody who is quoted in it', reports, (seen) => {
  for (const columns of [undefined, 40, 100]) {
    // eslint-disable-next-line no-control-regex -- the control characters are the point
    expect(toTable(seen, { columns })).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/);
  }
});

property('metrics are read as the labels that they are of', fc.tuple(reports, oddText), ([seen, deployment]) => {
  const gauges = gaugesOf({ endedAt: new Date(0), durationSeconds: 1, report: seen });
  const text = toOpenMetrics(gauges, { deployment });
  const samples = gauges.flatMap(({ name: gauge, samples }) =>
    samples.map(({ labels, value }) => ({ gauge, labels: { deployment, ...labels }, value })),
  );
  const read = text
    .split('\n')
    .filter((each) => each !== '' && !each.startsWith('# '))
    .map((each) => {
      const [, gauge = '', , labels = '', value = ''] =
        /^([a-z_]+)(\{((?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (-?[\d.e+-]+)$/.exec(each) ?? [];
      const pairs = [...labels.matchAll(/([a-z_]+)="((?:[^"\\\n]|\\["\\n])*)"/g)].map(([, key = '', quoted = '']) => [
        key,
        quoted.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)),
      ]);
      return { gauge, labels: Object.fromEntries(pairs) as unknown, value: Number(value) };
    });
  expect(read).toEqual(samples);
  expect(text.endsWith('\n# EOF\n')).toBe(true);
});

property('a message is JSON that Webex takes, and every report is', reports, (seen) => {
  const outcome = { at: seen.lookedAt, report: seen };
  for (const format of WEBHOOK_FORMATS) {
    const body = messageBody(format, newsSince([], outcome), outcome, 'https://vault.example');
    const { markdown = '' } = JSON.parse(body) as { readonly markdown?: string };
    expect(Buffer.byteLength(markdown)).toBeLessThan(7439);
  }
  expect(JSON.parse(JSON.stringify(toJson(seen)))).toMatchObject({ severity: seen.severity });
});
