import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { gaugesOf } from '../../lib/health/metrics/health-metrics';
import type { Gauge } from '../../lib/health/metrics/open-metrics';
import { lineOf, type Report } from '../../lib/health/report';
import type { Reference } from './reference';

export const metricsReference: Reference = { path: 'docs/reference/metrics.md', text: page };

const PREFIX = 'webex_token_vault_';

/** Beginnings of names, and the heading for these metrics. The first one that fits counts. */
const SECTIONS = [
  ['server', 'Server'],
  ['engine', 'Engine'],
  ['integration', 'Integrations'],
  ['credential', 'Credentials'],
  ['app', 'Apps'],
  ['operator', 'Operators'],
  ['people', 'Login of people'],
  ['backup', 'Backup'],
  ['', 'The look and the whole deployment'],
] as const;

const alertsFile = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          labels: z.object({ severity: z.enum(['critical', 'warning']) }),
        }),
      ),
    }),
  ),
});

interface Alert {
  readonly name: string;
  readonly expression: string;
  readonly severity: string;
}

function page(): string {
  const gauges = gaugesOf({ endedAt: new Date(0), durationSeconds: 0, report: example() });
  const found = alerts();
  const sectionOf = ({ name }: Gauge) => SECTIONS.find(([beginning]) => name.startsWith(PREFIX + beginning))?.[1];
  const sections = SECTIONS.map(([, title]) => {
    const entries = gauges.filter((gauge) => sectionOf(gauge) === title).map((gauge) => entry(gauge, found));
    return [`## ${title}`, ...entries].join('\n\n');
  });
  return `${[
    '# The metrics',
    'This page lists the metrics that `webex-token-vault metrics` writes or serves. [Watch](../tasks/watch.md) shows how to collect them. The page is generated: run `npm run reference` after a change.',
    'Each metric is a gauge. A time is in Unix seconds, and an unknown time has no series. A metric with the label `state` has a series for each state. Its value is 1 for the present state, and 0 for the others. The option `--label` adds a label to each series.',
    'With `--serve`, the path `/metrics` has the metrics. It answers 503 until the first look has ended. The path `/healthz` is for a liveness probe, and needs no Vault. It answers 200 and `ok`, whatever the looks find. It answers 503 and the reason if no look has ended for the interval and an hour more. Other paths get 404, and methods other than GET and HEAD get 405.',
    'The alerts are those of [monitoring/alerts.yml](../../monitoring/alerts.yml).',
    ...sections,
  ].join('\n\n')}\n`;
}

function entry({ name, help, unit, samples }: Gauge, found: readonly Alert[]): string {
  const labels = Object.keys(samples[0]?.labels ?? {});
  const states = [...new Set(samples.flatMap(({ labels: { state } }) => (state === undefined ? [] : [state])))];
  const users = found.filter(({ expression }) => new RegExp(`\\b${name}\\b`).test(expression));
  return [
    `### ${name}\n`,
    `${help}\n`,
    '- Type: gauge',
    `- Unit: ${unit ?? 'none'}`,
    `- Labels: ${coded(labels)}`,
    ...(states.length > 0 ? [`- States: ${coded(states)}`] : []),
    `- Alerts: ${users.length === 0 ? 'none' : users.map((alert) => `\`${alert.name}\` (${alert.severity})`).join(', ')}`,
  ].join('\n');
}

function coded(words: readonly string[]): string {
  return words.length === 0 ? 'none' : words.map((word) => `\`${word}\``).join(', ');
}

function alerts(): Alert[] {
  const file = readFileSync(resolve(__dirname, '../../monitoring/alerts.yml'), 'utf8');
  return alertsFile
    .parse(parse(file))
    .groups.flatMap(({ rules }) => rules)
    .map(({ alert, expr, labels: { severity } }) => ({ name: alert, expression: expr, severity }));
}

/** A report with a line of each kind, and with each time, so that each metric has a series. */
function example(): Report {
  const time = new Date(0);
  const secretId = (name: string) => ({ ...lineOf(name, 'good', 'healthy', ''), expireTime: time });
  return {
    lookedAt: time,
    address: '',
    mountPath: '',
    severity: 'healthy',
    server: lineOf('server', 'up', 'healthy', ''),
    engine: lineOf('engine', 'running', 'healthy', ''),
    integrations: [lineOf('integration', 'present', 'healthy', '')],
    credentials: [
      {
        ...lineOf('credential', 'healthy', 'healthy', ''),
        integration: 'integration',
        member: { family: 'family', name: 'organization' },
        expireTime: time,
        refreshedAt: time,
        failingSince: time,
        consentedAt: time,
        horizon: { until: time },
        scopes: { declared: ['scope'], granted: [], missing: ['scope'] },
        tokens: [],
      },
    ],
    apps: [secretId('app')],
    operators: [secretId('operator')],
    people: lineOf('people', 'ready', 'healthy', ''),
    backup: { ...lineOf('backup', 'good', 'healthy', ''), takenAt: time, verifiedAt: time },
  };
}
