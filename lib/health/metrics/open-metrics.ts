/*
 * Gauges as OpenMetrics text. The text is also valid in Prometheus' older format, for the textfile collector of
 * node_exporter. That format has gauges too, and reads UNIT and EOF as comments. OpenMetrics' own types (info,
 * stateset) are not used, because the older format lacks them.
 *
 * The library prom-client is not used. It has 0.8 MB with its dependencies and writes no UNIT. It also keeps values
 * between looks, so a deleted credential would keep its series.
 */

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

export interface Gauge {
  /** Name, with the unit at its end if there is one. */
  readonly name: string;
  /** One line without quotation marks, because the two formats escape them differently. */
  readonly help: string;
  /** @default - none */
  readonly unit?: 'seconds';
  /** A gauge without samples is left out. */
  readonly samples: readonly Sample[];
}

/**
 * @param labels labels of every series
 * @see https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
export function toOpenMetrics(gauges: readonly Gauge[], labels: Labels = {}): string {
  const lines = gauges
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, help, unit, samples }) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} gauge`,
      ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
      ...samples.map((sample) => `${name}${labelSet({ ...labels, ...sample.labels })} ${sample.value}`),
    ]);
  return [...lines, '# EOF', ''].join('\n');
}

function labelSet(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length > 0 ? `{${pairs.join(',')}}` : '';
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };

function escaped(value: string): string {
  return value.replace(/[\\"\n]/g, (character) => ESCAPES[character] ?? character);
}
