import { chartValues } from '../../../lib/declaration/schema/server/chart-values';

/** @returns the names of the chart's values, whose contents the chart's documentation describes */
export function chartValueNames(): string {
  const { server, ...sections } = chartValues.shape;
  return [
    'The declaration accepts these sections of the chart:',
    listed([...Object.keys(sections), 'server']),
    'In section `server`, it accepts these values:',
    listed(Object.keys(server.unwrap().shape)),
  ].join('\n\n');
}

function listed(names: readonly string[]): string {
  return ['```text', ...[...names].sort(), '```'].join('\n');
}
