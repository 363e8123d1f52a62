import type { Gauge, Labels, Sample } from './open-metrics';
import {
  SEVERITIES,
  STATES,
  type CredentialLine,
  type Line,
  type Report,
  type SecretIdLine,
  type Severity,
} from '../report';
import type { TimedLook } from './regular-looks';

/*
 * The report for Prometheus. Times are Unix seconds, and an unknown time has no series. Queries compute the time that
 * is left, so it stays right between looks. Each possible state has a series, with value 1 for the present state, in
 * the words of `status`. Labels contain only names of the declaration and states.
 */

const PREFIX = 'webex_token_vault';

/** Version of names, labels and meanings. It changes when a query for the old ones would misread the new ones. */
const FORMAT_VERSION = 1;

/** Label names of these metrics. No other label may have one of these names. */
export const LABEL_NAMES: readonly string[] = [
  'app',
  'credential',
  'family',
  'integration',
  'operator',
  'organization',
  'scope',
  'state',
];

/** Gauges of a look. A failed look has only the gauges about itself. */
export function gaugesOf({ endedAt, durationSeconds, report }: TimedLook): Gauge[] {
  const look = [
    gauge('format_version', 'Version of the names, labels and meanings of these metrics.', [
      sample({}, FORMAT_VERSION),
    ]),
    gauge('look_success', 'Whether the last look succeeded: 1 yes, 0 no.', [sample({}, report === undefined ? 0 : 1)]),
    seconds('look_timestamp_seconds', 'Time when the last look ended, even if it failed.', [sample({}, unix(endedAt))]),
    seconds('look_duration_seconds', 'Duration of the last look.', [sample({}, durationSeconds)]),
  ];
  return report === undefined ? look : [...look, ...gaugesOfReport(report)];
}

function gaugesOfReport(report: Report): Gauge[] {
  const { severity, server, engine, integrations, credentials, apps, operators, people, backup } = report;
  const backups = backup === undefined ? [] : [backup];
  const unnamed = (): Labels => ({});
  const byName =
    (label: string) =>
    (line: Line): Labels => ({ [label]: line.name });
  const ofCredential = ({ name, integration }: CredentialLine): Labels => ({ credential: name, integration });
  const credentialTime = (name: string, help: string, time: (line: CredentialLine) => Date | undefined): Gauge =>
    times(`credential_${name}`, help, credentials, ofCredential, time);
  return [
    gauge('severity', `Worst severity of the deployment: ${SEVERITY_SCALE}.`, [sample({}, rank(severity))]),
    ...health('server', 'the server', STATES.server, [server], unnamed),
    ...health('engine', 'the engine', STATES.engine, [engine], unnamed),
    ...health('integration', 'the integration', STATES.integration, integrations, byName('integration')),
    ...health('credential', 'the credential', STATES.credential, credentials, ofCredential),
    credentialTime('expiry', 'Time when the access token expires.', ({ expireTime }) => expireTime),
    credentialTime('last_refresh', 'Time of the last refresh of the access token.', ({ refreshedAt }) => refreshedAt),
    credentialTime(
      'failing_since',
      'Time when a failed refresh was first seen. No refresh has succeeded since then.',
      ({ failingSince }) => failingSince,
    ),
    credentialTime('consent', 'Time of the consent.', ({ consentedAt }) => consentedAt),
    credentialTime(
      'horizon',
      'Time until which the grant survives if every refresh fails from now on, as far as is known. The report of status calls it: grant until.',
      ({ horizon }) => horizon?.until,
    ),
    gauge(
      'credential_scope_missing',
      'Whether the grant lacks the declared scope: 1 yes, 0 no. A scope of which Webex told nothing has no series.',
      credentials.flatMap((line) =>
        scopesOf(line).map(([scope, isMissing]) => sample({ ...ofCredential(line), scope }, isMissing ? 1 : 0)),
      ),
    ),
    // A label of the other series would end the effect of `ignoring (credential, integration)` in rules of people.
    gauge(
      'credential_organization',
      '1 for each credential of an organization. Other metrics get its labels by group_left (family, organization).',
      credentials.flatMap((line) =>
        line.member === undefined
          ? []
          : [sample({ ...ofCredential(line), family: line.member.family, organization: line.member.name }, 1)],
      ),
    ),
    ...secretIds('app', apps),
    ...secretIds('operator', operators),
    ...health('people', 'the login of people by OIDC', STATES.people, people === undefined ? [] : [people], unnamed),
    ...health('backup', 'the last backup', STATES.backup, backups, unnamed),
    times('backup_taken', 'Time of the last backup.', backups, unnamed, ({ takenAt }) => takenAt),
    times(
      'backup_verified',
      'Time when the last backup was verified.',
      backups,
      unnamed,
      ({ verifiedAt }) => verifiedAt,
    ),
  ];

  function secretIds(kind: 'app' | 'operator', lines: readonly SecretIdLine[]): Gauge[] {
    const name = `${kind}_secret_id`;
    return [
      ...health(name, `the secret id of the ${kind}`, STATES.app, lines, byName(kind)),
      times(
        `${name}_expiry`,
        `Time when the last secret id of the ${kind} expires. A secret id that never expires has no series.`,
        lines,
        byName(kind),
        ({ expireTime }) => expireTime ?? undefined,
      ),
    ];
  }
}

/** Declared scopes, each once, of which is known whether the grant has them. */
function scopesOf({ scopes }: CredentialLine): (readonly [scope: string, isMissing: boolean])[] {
  const { declared = [], granted, missing = [] } = scopes ?? {};
  const known = granted === undefined ? missing : declared;
  return [...new Set(known)].map((scope) => [scope, missing.includes(scope)] as const);
}

const SEVERITY_SCALE = SEVERITIES.map((severity, index) => `${index} ${severity}`).join(', ');

/** Two gauges: the state of something, and its severity. */
function health<State extends string, L extends Line<State>>(
  name: string,
  what: string,
  states: readonly State[],
  lines: readonly L[],
  labelsOf: (line: L) => Labels,
): Gauge[] {
  return [
    gauge(
      `${name}_state`,
      `1 if ${what} is in this state, otherwise 0.`,
      lines.flatMap((line) =>
        states.map((state) => sample({ ...labelsOf(line), state }, line.state === state ? 1 : 0)),
      ),
    ),
    gauge(
      `${name}_severity`,
      `Severity of ${what}: ${SEVERITY_SCALE}.`,
      lines.map((line) => sample(labelsOf(line), rank(line.severity))),
    ),
  ];
}

/** A gauge of times. A line without a known time has no series. */
function times<L>(
  name: string,
  help: string,
  lines: readonly L[],
  labelsOf: (line: L) => Labels,
  timeOf: (line: L) => Date | undefined,
): Gauge {
  const samples = lines.flatMap((line) => {
    const time = timeOf(line);
    return time === undefined ? [] : [sample(labelsOf(line), unix(time))];
  });
  return seconds(`${name}_timestamp_seconds`, help, samples);
}

function gauge(name: string, help: string, samples: readonly Sample[]): Gauge {
  return { name: `${PREFIX}_${name}`, help, samples };
}

function seconds(name: string, help: string, samples: readonly Sample[]): Gauge {
  return { ...gauge(name, help, samples), unit: 'seconds' };
}

function sample(labels: Labels, value: number): Sample {
  return { labels, value };
}

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

function unix(time: Date): number {
  return time.getTime() / 1000;
}
