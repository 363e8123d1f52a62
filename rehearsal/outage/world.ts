import { setTimeout as sleep } from 'node:timers/promises';
import { VaultResponseError } from '#core';
import { simulatedAdministrator } from '../webex/simulated-user';
import type { Behavior } from '../webex/behavior';
import type { WebexSimulator } from '../webex/webex-simulator';
import type { Attempt } from './machine-pace';
import { WebexEngine } from '../webex-engine';
import { observer } from './grants-look';
import type { OutageServer } from './outage-server';
import { Reader, type Failure } from './reader';
import { OURS, PLUGIN_DEFAULTS, ScaledDays, simulatedConfiguration } from './scaled-days';
import type { SeededRandom } from './seeded-random';
import { credentialReply } from '../../lib/vault/replies';
import { NO_LOOK, Watch, type Look, type Saying } from './outage-watch';

const READS_A_DAY = 8;
const LOOKS_A_DAY = 3;

/** Several delays add up in one refresh, so each gets a part of the engine's timeout. */
const ANSWERS_WITHIN_THE_TIMEOUT = 4;

/** The world that a scenario needs. */
export interface WorldSettings {
  /** @default "ours" */
  readonly tuning?: 'ours' | "the plugin's defaults";
  /** @default 3 */
  readonly credentials?: number;
  /** Number of days, if more would show nothing new. @default - all days of the run */
  readonly days?: number;
  /** @default 90 */
  readonly refreshTokenDays?: number;
  /** The engine's timeout for Webex. @default - that of the tuning, multiplied by the attempt's scale */
  readonly providerTimeoutDays?: number;
  readonly behavior?: (days: ScaledDays) => Partial<Behavior>;
}

/** The settings that all worlds of a run share. */
export interface Run extends Attempt {
  readonly days: number;
  /** How long a scaled day takes on a machine that is never late. */
  readonly dayMs: number;
  readonly random: SeededRandom;
}

export interface WorldPlace {
  readonly server: OutageServer;
  readonly mountPath: string;
  /** Called once the engine runs; does the world's first consents in its turn. */
  readonly consentInTurn: (consent: () => Promise<void>) => Promise<void>;
}

export interface Outcome {
  readonly days: number;
  readonly credentials: number;
  readonly reads: number;
  readonly failed: number;
  readonly failures: Readonly<Partial<Record<Failure, number>>>;
  /** A message for each kind of failure. */
  readonly examples: Readonly<Partial<Record<Failure, string>>>;
  /** Grants that need a new consent. */
  readonly lost: number;
  /** Refreshes by Webex's status; 0 is a dropped connection. */
  readonly refreshes: Readonly<Partial<Record<number, number>>>;
  readonly sayings: readonly Saying[];
  /** Troubles that no look reported in time. */
  readonly unsaid: number;
  readonly states: readonly string[];
  /** The last look, after all temporary trouble. */
  readonly inTheEnd: Look;
}

/** Credentials of one integration with their own Webex, while readers read and a watch looks. */
export class World implements AsyncDisposable {
  /** Restarts after the consents. */
  days: ScaledDays;
  readonly names: readonly string[];
  readonly #grants: number[] = [];
  #readers: readonly Reader[] = [];
  #watch: Watch | undefined;
  #lost = 0;

  private constructor(
    readonly engine: WebexEngine,
    private readonly server: OutageServer,
    /** Days. */
    readonly length: number,
    readonly random: SeededRandom,
    credentials: number,
    private readonly clock: { aheadMs: number },
    scaled: ScaledDays,
  ) {
    this.days = scaled;
    this.names = Array.from({ length: credentials }, (_, index) => `credential-${index + 1}`);
  }

  static async start(settings: WorldSettings, run: Run, place: WorldPlace): Promise<World> {
    const { tuning = 'ours', credentials = 3, providerTimeoutDays } = settings;
    const { lateness, scale } = run;
    const { server, mountPath, consentInTurn } = place;
    const real = tuning === 'ours' ? OURS : PLUGIN_DEFAULTS;
    const clock = { aheadMs: 0 };
    const scaled = new ScaledDays(run.dayMs * scale);
    const providerTimeoutSeconds =
      providerTimeoutDays === undefined
        ? real.providerTimeoutSeconds * scale
        : Math.ceil(scaled.toMs(providerTimeoutDays) / 1000);
    const engine = await WebexEngine.start(
      {
        ...scaled.lives(settings.refreshTokenDays),
        ...settings.behavior?.(scaled),
        now: () => Date.now() + clock.aheadMs,
        users: Array.from({ length: credentials }, (_, index) => simulatedAdministrator(personOf(index))),
      },
      mountPath,
    );
    try {
      await engine.setUp(server.admin);
      const length = Math.min(settings.days ?? run.days, run.days);
      const world = new World(engine, server, length, run.random, credentials, clock, scaled);
      const look = await observer({ engine, server, credentials: world.names });
      await consentInTurn(async () => {
        const began = Date.now();
        await Promise.all(world.names.map((_, index) => world.#consent(index)));
        const consentsMs = Date.now() - began;
        // A token is at most half of that time older or younger than the days.
        world.days = new ScaledDays(scaled.dayMs, began + consentsMs / 2);
        lateness.began(performance.now() - consentsMs / 2);
      });
      // A consent can take longer than the scaled timeout, because many worlds begin at once.
      const configuration = simulatedConfiguration(scaled.settings({ ...real, providerTimeoutSeconds }));
      await server.admin.write(`${mountPath}/config`, configuration);
      lateness.allowSchedule(scaled.toMs(0.5));
      lateness.allowAnswers(Math.min(scaled.toMs(0.5), (providerTimeoutSeconds * 1000) / ANSWERS_WITHIN_THE_TIMEOUT));
      lateness.watch(engine.webex);
      if (server.harm === undefined) {
        lateness.probe(() => server.admin.read(`${mountPath}/config`));
      }
      world.#readers = world.names.map((name) => new Reader(engine, server.nodes, name, scaled.toMs(1 / READS_A_DAY)));
      world.#watch = new Watch(world.days, look, scaled.toMs(1 / LOOKS_A_DAY));
      return world;
    } catch (error) {
      await engine[Symbol.asyncDispose]();
      throw error;
    }
  }

  get webex(): WebexSimulator {
    return this.engine.webex;
  }

  /** Number of a credential's grant, for faults. */
  grantOf(index: number): number {
    return this.#grants[index] ?? NaN;
  }

  async at(day: number): Promise<void> {
    await sleep(Math.max(0, this.days.toMs(day - this.days.now)));
  }

  /** Causes trouble from one day to another, and up to a day longer until one more look has ended. */
  async trouble(from: number, to: number, cause: () => unknown, cure: () => unknown): Promise<void> {
    await this.at(from);
    this.#watch?.begin();
    await cause();
    await this.at(to);
    // On a busy machine, a look can take longer than the trouble.
    await Promise.race([this.#watch?.fresh(), this.at(to + 1)]);
    await cure();
    this.#watch?.end();
  }

  /** Repeats `act` while the days suffice, once at least. Lost grants are authorized again before each repetition. */
  async cycles(days: number, act: (start: number, cycle: number) => Promise<void>): Promise<void> {
    await act(0, 0);
    for (let cycle = 1; (cycle + 1) * days <= this.length; cycle += 1) {
      await this.at(cycle * days);
      await this.#replaceLost();
      await act(cycle * days, cycle);
    }
  }

  /** Moves Webex's clock against the server's. */
  stepWebexClock(days: number): void {
    this.clock.aheadMs += this.days.toMs(days);
  }

  get harm(): NonNullable<OutageServer['harm']> {
    const { harm } = this.server;
    if (harm === undefined) {
      throw new Error('this server is shared and cannot be harmed; give the scenario its own server');
    }
    return harm;
  }

  /** Waits for the last day, and stops the readers. A grant that cannot be refreshed is lost. */
  async finish(): Promise<Outcome> {
    await this.at(this.length);
    const inTheEnd = (await this.#watch?.fresh()) ?? NO_LOOK;
    await this.#stop();
    const kept = await Promise.all(this.names.map((name, index) => this.#canBeRefreshed(name, index)));
    const failures = total(this.#readers.flatMap((reader) => [...reader.failures]));
    return {
      days: this.length,
      credentials: this.names.length,
      reads: sum(this.#readers.map(({ reads }) => reads)),
      failed: sum(Object.values(failures)),
      failures,
      examples: Object.fromEntries(this.#readers.flatMap(({ examples }) => [...examples])),
      lost: this.#lost + kept.filter((isKept) => !isKept).length,
      refreshes: total(this.engine.refreshes.map((status) => [status, 1] as const)),
      sayings: this.#watch?.sayings ?? [],
      unsaid: this.#watch?.unsaid ?? 0,
      states: [...(this.#watch?.states ?? [])],
      inTheEnd,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    await this.engine[Symbol.asyncDispose]();
  }

  async #stop(): Promise<void> {
    await Promise.all([...this.#readers.map((reader) => reader.stop()), this.#watch?.stop()]);
  }

  async #consent(index: number): Promise<void> {
    const person = personOf(index);
    await this.engine.authorize(this.server.admin, this.names[index] ?? '', { as: person });
    const newest = this.webex.grants.list().findLast(({ grant }) => grant.user.email === person);
    this.#grants[index] = newest?.grant.number ?? NaN;
  }

  async #replaceLost(): Promise<void> {
    for (const [index, name] of this.names.entries()) {
      if (await this.#isLost(name)) {
        this.#lost += 1;
        await this.#consent(index);
      }
    }
  }

  /** Asks without a refresh, which would change the next cycle. */
  async #isLost(name: string): Promise<boolean> {
    try {
      const path = `${this.engine.mountPath}/creds/${name}`;
      const { warnings } = await this.server.admin.read(path, credentialReply);
      return warnings?.some((warning) => warning.includes('invalid_grant')) ?? false;
    } catch (error) {
      return error instanceof VaultResponseError && (error.statusCode === 404 || error.said.includes('invalid_grant'));
    }
  }

  /** Tries three times, because the engine can time out on a busy machine. */
  async #canBeRefreshed(name: string, index: number): Promise<boolean> {
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const before = this.webex.requests.length;
      await this.engine.forceRefresh(this.server.admin, name);
      const statuses = this.webex.requests
        .slice(before)
        .filter(({ grantType, grant }) => grantType === 'refresh_token' && grant === this.grantOf(index))
        .map(({ status }) => status);
      if (statuses.includes(200)) {
        return true;
      }
    }
    return false;
  }
}

function personOf(index: number): string {
  return `person-${index + 1}@example.com`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((before, number) => before + number, 0);
}

function total<Key extends string | number>(counts: readonly (readonly [Key, number])[]): Partial<Record<Key, number>> {
  const totals: Partial<Record<Key, number>> = {};
  counts.forEach(([key, count]) => (totals[key] = (totals[key] ?? 0) + count));
  return totals;
}
