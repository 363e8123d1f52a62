import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { STATES } from '../../lib/health/report';

const { faultOf, sentencesOf } = jest.requireActual<{
  faultOf: (sentence: string, options: { anyCase: boolean }) => string | undefined;
  sentencesOf: (text: string) => string[];
}>('../../lint/sentences.cjs');

const RULES = resolve(__dirname, '../../monitoring/alerts.yml');
const TESTS = resolve(__dirname, '../../monitoring/alerts.test.yml');
const rules = readFileSync(RULES, 'utf8');
const alerts = rules
  .split(/^ {6}- alert: /m)
  .slice(1)
  .map((rule) => ({ name: rule.split('\n')[0] ?? '', rule }));

describe.each(alerts)('$name', ({ name, rule }) => {
  it('the alert gives a summary, a description, a command and a severity', () => {
    expect(rule).toMatch(
      /severity: (critical|warning)\n {8}annotations:\n {10}summary: .+\n {10}description: .+\n {10}command: (>-|webex-token-vault .+)\n/,
    );
  });

  it('the alert has a test in which it fires and one in which it stays silent', () => {
    const tests = readFileSync(TESTS, 'utf8');
    expect(tests).toMatch(new RegExp(`alertname: ${name}\n +exp_alerts:\n`));
    expect(tests).toMatch(new RegExp(`alertname: ${name}\n +exp_alerts: \\[\\]\n`));
  });
});

it('the annotations keep the rules of CONTRIBUTING.md for sentences', () => {
  const { groups } = parse(rules) as { groups: { rules: { annotations: Record<string, string> }[] }[] };
  const texts = groups.flatMap((group) => group.rules).flatMap(({ annotations }) => Object.values(annotations));
  expect(texts).toHaveLength(3 * alerts.length);

  const faults = texts
    .flatMap((text) => sentencesOf(text.replace(/\{\{.*?\}\}/g, 'X')))
    .map((sentence) => ({ sentence, fault: faultOf(sentence, { anyCase: true }) }));
  expect(faults.filter(({ fault }) => fault !== undefined)).toEqual([]);
});

it('the health report has every state that a rule names', () => {
  const states: readonly string[] = [
    ...STATES.server,
    ...STATES.engine,
    ...STATES.integration,
    ...STATES.credential,
    ...STATES.app,
    ...STATES.backup,
  ];
  const asked = [...rules.matchAll(/state(?:=~?|!=| )"([^"]+)"/g)].flatMap(([, found = '']) => found.split('|'));
  expect(asked.length).toBeGreaterThan(15);
  expect(asked.filter((state) => !states.includes(state))).toEqual([]);
});

it('the parser finds each alert in the file', () => {
  expect(alerts.length).toBe([...rules.matchAll(/alert:/g)].length);
  expect(alerts.length).toBeGreaterThan(10);
});
