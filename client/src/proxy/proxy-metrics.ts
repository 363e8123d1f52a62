import type { CredentialReading } from '#core';
import type { TokenSource } from '../token-source';
import type { ServedRequest } from './webex-proxy';

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [suffix: string, labels: Labels, value: number];

interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly samples: readonly Sample[];
}

const PREFIX = 'webex_token_proxy';

/** Upper bounds of the durations, in seconds. */
const BOUNDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

/** Counters of one proxy since its start. Labels hold no path, because paths name people and rooms. */
export class ProxyMetrics {
  readonly #requests = new Map<string, number>();
  readonly #refusals = new Map<string, number>();
  readonly #durations = new Array<number>(BOUNDS.length + 1).fill(0);
  #seconds = 0;
  #bytes = 0;
  #expireTime: Date | undefined;
  #hasToken = false;

  /** Returns the same source of tokens, whose results are observed. */
  observed(tokens: TokenSource): Pick<TokenSource, 'token' | 'reject'> {
    const seen = (reading: CredentialReading): CredentialReading => {
      this.#hasToken = true;
      this.#expireTime = reading.expireTime;
      return reading;
    };
    const failed = (error: unknown): never => {
      this.#hasToken = false;
      throw error;
    };
    return { token: () => tokens.token().then(seen, failed), reject: (reading) => tokens.reject(reading) };
  }

  add({ method, status, milliseconds, bytes, refusal }: ServedRequest): void {
    const seconds = milliseconds / 1000;
    const found = BOUNDS.findIndex((bound) => seconds <= bound);
    const bucket = found === -1 ? BOUNDS.length : found;
    this.#durations[bucket] = (this.#durations[bucket] ?? 0) + 1;
    this.#seconds += seconds;
    this.#bytes += bytes;
    increase(this.#requests, `${method} ${status}`);
    if (refusal !== undefined) {
      increase(this.#refusals, refusal);
    }
  }

  /**
   * Returns the metrics as text.
   *
   * @param isOpenMetrics whether in OpenMetrics. Prometheus' older format names counters in another way
   */
  text(running: number, labels: Labels, isOpenMetrics: boolean): string {
    const lines = this.#families(running).flatMap(({ name, type, help, samples }) => {
      const full = `${PREFIX}_${name}`;
      const family = type === 'counter' && !isOpenMetrics ? `${full}_total` : full;
      return [
        `# HELP ${family} ${help}`,
        `# TYPE ${family} ${type}`,
        ...samples.map(([suffix, own, value]) => `${full}${suffix}${labelSet({ ...labels, ...own })} ${value}`),
      ];
    });
    return [...lines, ...(isOpenMetrics ? ['# EOF'] : []), ''].join('\n');
  }

  #families(running: number): Family[] {
    const requests = [...this.#requests].map(([key, count]): Sample => {
      const [method = '', status = ''] = key.split(' ');
      return ['_total', { method, status }, count];
    });
    const refusals = [...this.#refusals].map(([refusal, count]): Sample => ['_total', { refusal }, count]);
    const gauge = (name: string, help: string, value: number): Family => {
      return { name, type: 'gauge', help, samples: [['', {}, value]] };
    };
    const expiry = this.#expireTime === undefined ? [] : [this.#expireTime.getTime() / 1000];
    return [
      { name: 'requests', type: 'counter', help: 'Requests that have ended.', samples: requests },
      { name: 'refusals', type: 'counter', help: 'Requests that the proxy itself refused.', samples: refusals },
      {
        name: 'sent_bytes',
        type: 'counter',
        help: 'Bytes of bodies sent to callers.',
        samples: [['_total', {}, this.#bytes]],
      },
      {
        name: 'duration_seconds',
        type: 'histogram',
        help: 'Durations of requests, streams included.',
        samples: this.#buckets(),
      },
      gauge('running_requests', 'Requests that have not ended.', running),
      gauge(
        'token_available',
        '1 if the last read of the access token succeeded, otherwise 0.',
        Number(this.#hasToken),
      ),
      ...expiry.map((time) => gauge('token_expiry_timestamp_seconds', 'Time when the access token expires.', time)),
    ];
  }

  #buckets(): Sample[] {
    let sum = 0;
    const buckets = this.#durations.map((count, index): Sample => {
      sum += count;
      return ['_bucket', { le: String(BOUNDS[index] ?? '+Inf') }, sum];
    });
    return [...buckets, ['_sum', {}, this.#seconds], ['_count', {}, sum]];
  }
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function labelSet(labels: Labels): string {
  const escaped = (value: string): string => value.replace(/[\\"]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`);
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',')}}`;
}
