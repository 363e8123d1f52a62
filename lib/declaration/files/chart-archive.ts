import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { ExplainedError } from '#core';
import { CHARTS } from '../schema/server/chart';
import type { KubernetesServerDeclaration } from '../schema/server/kubernetes-server-declaration';

const description = z.object({ name: z.string(), version: z.string() });

/**
 * Checks the declared chart on this machine.
 *
 * @param home start of a relative path
 * @throws ExplainedError if the chart is missing, or is another version than the stack needs
 */
export function checkChart(
  { product, chart }: Pick<KubernetesServerDeclaration, 'product' | 'chart'>,
  home: string,
): void {
  if (chart.path === undefined) {
    return;
  }
  const { name, version } = CHARTS[product];
  const wanted = `${name}-${version}`;
  const file = resolve(home, chart.path);
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new ExplainedError(
      `no chart at ${file}; fetch it with "helm pull ${name} --repo ${CHARTS[product].repository} --version ${version}", or leave vault.server.chart.path out`,
    );
  }
  const got = found.isDirectory() ? describe(join(file, 'Chart.yaml')) : basename(file).replace(/\.tgz$/, '');
  if (got !== wanted) {
    throw new ExplainedError(
      `the chart ${file} must be ${wanted}, because this release needs that version, got ${got}; use that chart, with the name ${wanted}.tgz for its archive`,
    );
  }
  if (chart.sha256 !== undefined) {
    requireContent(file, found.isDirectory(), chart.sha256);
  }
}

function requireContent(file: string, isFolder: boolean, sha256: string): void {
  const got = isFolder ? undefined : createHash('sha256').update(readFileSync(file)).digest('hex');
  if (got !== sha256) {
    throw new ExplainedError(
      `the chart ${file} must have sha256 ${sha256}, got ${got ?? 'a folder'}; use the right archive, or correct vault.server.chart.sha256 if you trust this one`,
    );
  }
}

function describe(file: string): string {
  try {
    const { name, version } = description.parse(parse(readFileSync(file, 'utf8')));
    return `${name}-${version}`;
  } catch {
    return 'a folder without a readable Chart.yaml';
  }
}
