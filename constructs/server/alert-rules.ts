import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { packageFolder } from '../package-folder';

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly Readonly<Record<string, unknown>>[] }[];
}

/** Those of `monitoring/alerts.yml`, as a PrometheusRule of one group has them. */
export function alertRules(): readonly Readonly<Record<string, unknown>>[] {
  const file = join(packageFolder(), 'monitoring', 'alerts.yml');
  const { groups } = parse(readFileSync(file, 'utf8')) as RuleFile;
  return groups.flatMap(({ rules }) => rules);
}
