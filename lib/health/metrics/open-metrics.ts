/*
 * Text of metrics that are gauges, in OpenMetrics' form. It is Prometheus' older text format as well, for the textfile
 * collector of node_exporter: that form has gauges too, and takes UNIT and EOF for comments. OpenMetrics' own types (info,
 * stateset) it does not know, so they are not used.
 *
 * No library: prom-client is 0.8 MB with what it depends on, writes no UNIT, and keeps values between looks, so that what is
 * not there any more would stay.
 */

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

export interface Gauge {
  /** Ends in the unit, if it has one. */
  readonly name: string;
  /** One line without quotation marks, which the two forms write differently. */
  readonly help: string;
  /** @default - none */
  readonly unit?: 'seconds';
  /** Where there are none, the gauge is left out. */
  readonly samples: readonly Sample[];
}

/**
 * @param labels put on every series
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
