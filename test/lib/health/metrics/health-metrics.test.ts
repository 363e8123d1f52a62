import { gaugesOf, LABEL_NAMES } from '../../../../lib/health/metrics/health-metrics';
import { toOpenMetrics } from '../../../../lib/health/metrics/open-metrics';
import { STATES, type CredentialLine, type Line, type Report } from '../../../../lib/health/report';

const at = (seconds: number): Date => new Date(seconds * 1000);

function line<State extends string>(name: string, state: State, severity: Line['severity'] = 'healthy'): Line<State> {
  return { name, state, severity, detail: 'detail', notes: ['note'] };
}

const credential: CredentialLine = {
  ...line('testauth', 'failing', 'attention'),
  integration: 'webex-myapp',
  expireTime: at(500),
  refreshedAt: at(50),
  failingSince: at(90),
  consentedAt: at(10),
  consentedBy: 'ada.admin@example.com',
  organization: 'organization-of-ada',
  horizon: { until: at(900.5), assumption: 'assumption' },
  scopes: { declared: ['a:one', 'b:two', 'a:one'], granted: ['detail', 'a:one'], missing: ['b:two'] },
  verified: { email: 'ada.admin@example.com', organization: 'organization-of-ada' },
  tokens: [],
};
const report: Report = {
  lookedAt: at(100),
  address: 'https://vault.example',
  mountPath: 'oauthapp',
  severity: 'attention',
  server: line('https://vault.example', 'up'),
  engine: line('oauthapp', 'paused', 'attention'),
  integrations: [line('webex-myapp', 'present')],
  credentials: [
    credential,
    { ...line('second', 'gone', 'broken'), integration: 'webex-myapp', tokens: [] },
    {
      ...line('customers-acme', 'gone', 'broken'),
      integration: 'webex-myapp',
      member: { family: 'customers', name: 'acme' },
      tokens: [],
    },
  ],
  apps: [{ ...line('people-me', 'good'), expireTime: at(700) }],
  operators: [{ ...line('observer', 'good'), expireTime: null }],
  backup: { ...line('last', 'good'), takenAt: at(60) },
};

const textOf = (found?: Report): string =>
  toOpenMetrics(gaugesOf({ endedAt: at(101.25), durationSeconds: 1.25, report: found }));
const text = textOf(report);
const series = text.split('\n').filter((each) => each !== '' && !each.startsWith('#'));

it('the metrics say that the look succeeded, its time and its duration', () => {
  expect(series.slice(0, 4)).toEqual([
    'webex_token_vault_format_version 1',
    'webex_token_vault_look_success 1',
    'webex_token_vault_look_timestamp_seconds 101.25',
    'webex_token_vault_look_duration_seconds 1.25',
  ]);
});

it('the metrics say that a look failed, and repeat no earlier result', () => {
  expect(textOf(undefined)).toMatch(/^[^]*look_success 0\n[^]*look_duration_seconds 1\.25\n# EOF\n$/);
  expect(textOf(undefined)).not.toContain('state');
});

it('the metrics have a series for each possible state, and exactly one is 1', () => {
  const states = series.filter((each) => each.startsWith('webex_token_vault_credential_state{credential="testauth"'));
  expect(states).toHaveLength(STATES.credential.length);
  expect(states.filter((each) => each.endsWith(' 1'))).toEqual([
    'webex_token_vault_credential_state{credential="testauth",integration="webex-myapp",state="failing"} 1',
  ]);
  expect(series.filter((each) => each.startsWith('webex_token_vault_app_secret_id_state'))).toHaveLength(
    STATES.app.length,
  );
});

it.each([
  'webex_token_vault_severity 1',
  'webex_token_vault_server_state{state="up"} 1',
  'webex_token_vault_server_severity 0',
  'webex_token_vault_engine_state{state="paused"} 1',
  'webex_token_vault_engine_state{state="running"} 0',
  'webex_token_vault_integration_state{integration="webex-myapp",state="present"} 1',
  'webex_token_vault_credential_severity{credential="second",integration="webex-myapp"} 2',
  'webex_token_vault_credential_expiry_timestamp_seconds{credential="testauth",integration="webex-myapp"} 500',
  'webex_token_vault_credential_last_refresh_timestamp_seconds{credential="testauth",integration="webex-myapp"} 50',
  'webex_token_vault_credential_failing_since_timestamp_seconds{credential="testauth",integration="webex-myapp"} 90',
  'webex_token_vault_credential_consent_timestamp_seconds{credential="testauth",integration="webex-myapp"} 10',
  'webex_token_vault_credential_horizon_timestamp_seconds{credential="testauth",integration="webex-myapp"} 900.5',
  'webex_token_vault_credential_scope_missing{credential="testauth",integration="webex-myapp",scope="a:one"} 0',
  'webex_token_vault_credential_scope_missing{credential="testauth",integration="webex-myapp",scope="b:two"} 1',
  'webex_token_vault_app_secret_id_expiry_timestamp_seconds{app="people-me"} 700',
  'webex_token_vault_operator_secret_id_severity{operator="observer"} 0',
  'webex_token_vault_backup_taken_timestamp_seconds 60',
])('the metrics contain %s', (expected) => {
  expect(series).toContain(expected);
});

it('the metrics leave out times that are unknown or never come', () => {
  expect(text).not.toMatch(/timestamp_seconds\{[^}]*second/);
  expect(text).not.toContain('operator_secret_id_expiry');
  expect(text).not.toContain('backup_verified');
});

it.each([
  ['no scope, if nothing is known', { declared: ['a:one', 'b:two'] }, []],
  ['only the scopes that the consent did not ask for', { declared: ['a:one', 'b:two'], missing: ['b:two'] }, ['b:two']],
])('the metrics contain %s', (_, scopes, expected) => {
  const found = textOf({ ...report, credentials: [{ ...credential, scopes }] });
  expect([...found.matchAll(/credential_scope_missing\{.*scope="(.*)"\} 1/g)].map(([, scope]) => scope)).toEqual(
    expected,
  );
  expect(found).not.toMatch(/credential_scope_missing\{.*\} 0/);
});

it('only one gauge has the organization of a credential, so rules about the other ones keep their meaning', () => {
  const labeled = series.filter((each) => /family=|organization=/.test(each));
  expect(labeled).toEqual([
    'webex_token_vault_credential_organization{credential="customers-acme",integration="webex-myapp",family="customers",organization="acme"} 1',
  ]);
});

it('the metrics contain no email, organization of an account or text of the report', () => {
  expect(text).not.toMatch(/ada|organization-of|detail|note|assumption|vault\.example/);
});

it('the metrics use only the reserved label names', () => {
  const labels = new Set([...text.matchAll(/[{,]([a-z_]+)="/g)].map(([, name]) => name));
  expect([...labels].sort()).toEqual([...LABEL_NAMES].sort());
});

it('each gauge with a unit has its suffix, and its help needs no escapes', () => {
  const gauges = gaugesOf({ endedAt: at(1), durationSeconds: 1, report });
  expect(gauges.filter(({ name, unit }) => name.endsWith('_seconds') !== (unit === 'seconds'))).toEqual([]);
  expect(gauges.filter(({ help }) => /["\\\n]/.test(help) || !help.endsWith('.'))).toEqual([]);
  expect(new Set(gauges.map(({ name }) => name)).size).toBe(gauges.length);
});
