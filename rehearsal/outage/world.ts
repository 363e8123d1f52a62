import { setTimeout as sleep } from 'node:timers/promises';
import { VaultResponseError } from '#core';
import { simulatedAdministrator } from '../webex/simulated-user';
import type { Behavior, WebexSimulator } from '../webex/webex-simulator';
import type { Lateness } from './lateness';
import { WebexEngine } from '../webex-engine';
import { observer } from './grants-look';
import type { OutageServer } from './outage-server';
import { Reader, type Failure } from './reader';
import { OURS, PLUGIN_DEFAULTS, ScaledDays, simulatedConfiguration } from './scaled-days';
import type { SeededRandom } from './seeded-random';
import { Watch, type Look, type Saying } from './outage-watch';
import { credentialReply } from '../../lib/vault/replies';

/** How often a day each credential is read, and how often somebody looks. */
const READS_A_DAY = 8;
const LOOKS_A_DAY = 3;

/** Several delays add up in one refresh, so each of them has a part of the time that the engine waits. */
const ANSWERS_WITHIN_THE_TIMEOUT = 4;

export interface WorldOptions {
  readonly server: OutageServer;
  readonly mountPath: string;
  readonly tuning: 'ours' | "the plugin's defaults";
  /** How long a scaled day takes. */
  readonly dayMs: number;
  /** How long it goes on. */
  readonly days: number;
  readonly credentials: number;
  /** How much longer than usual a day takes. The engine waits for Webex longer by the same factor. */
  readonly scale: number;
  /** How long the engine waits for Webex. @default - as the tuning says */
  readonly providerTimeoutDays?: number;
  readonly behavior: (days: ScaledDays) => Partial<Behavior>;
  /** @default 90 */
  readonly refreshTokenDays?: number;
  readonly random: SeededRandom;
  readonly lateness?: Lateness;
  /** Called once the engine runs; does the first consents when it is their turn. */
  readonly consentInTurn: (consent: () => Promise<void>) => Promise<void>;
}

export interface Outcome {
  readonly days: number;
  readonly credentials: number;
  readonly reads: number;
  readonly failed: number;
  readonly failures: Readonly<Partial<Record<Failure, number>>>;
  /** What a reader was told, once for each of these. */
  readonly examples: Readonly<Partial<Record<Failure, string>>>;
  /** Grants that only a person could give again. */
  readonly lost: number;
  /** Refreshes by the status that Webex answered with; 0 where the connection was dropped. */
  readonly refreshes: Readonly<Record<number, number>>;
  /** When a look told of each trouble. */
  readonly sayings: readonly Saying[];
  /** Troubles of which no look told while they lasted. */
  readonly unsaid: number;
  /** What the looks told of, each once. */
  readonly states: readonly string[];
  /** What the last look told, with every trouble gone that does go. */
  readonly inTheEnd: Look;
}

/** Some credentials of one integration at a Webex of their own, read all the time, with somebody looking. */
export class World implements AsyncDisposable {
  /** Begins anew once everything is there. */
  days: ScaledDays;
  readonly length: number;
  readonly random: SeededRandom;
  readonly names: readonly string[];
  /** Number of the grant of each credential. */
  readonly #grants: number[] = [];
  #readers: readonly Reader[] = [];
  #watch: Watch | undefined;
  #lost = 0;

  private constructor(
    readonly engine: WebexEngine,
    private readonly options: WorldOptions,
    private readonly clock: { aheadMs: number },
  ) {
    this.days = new ScaledDays(options.dayMs);
    this.length = options.days;
    this.random = options.random;
    this.names = Array.from({ length: options.credentials }, (_, index) => `credential-${index + 1}`);
  }

  static async start(options: WorldOptions): Promise<World> {
    const { dayMs, server, tuning, credentials, behavior, refreshTokenDays, mountPath, lateness } = options;
    const real = tuning === 'ours' ? OURS : PLUGIN_DEFAULTS;
    const { providerTimeoutDays } = options;
    const clock = { aheadMs: 0 };
    const scale = new ScaledDays(dayMs);
    const providerTimeoutSeconds =
      providerTimeoutDays === undefined
        ? real.providerTimeoutSeconds * options.scale
        : Math.ceil(scale.toMs(providerTimeoutDays) / 1000);
    const engine = await WebexEngine.start(
      {
        ...scale.lives(refreshTokenDays),
        ...behavior(scale),
        now: () => Date.now() + clock.aheadMs,
        users: Array.from({ length: credentials }, (_, index) => simulatedAdministrator(personOf(index))),
      },
      mountPath,
    );
    try {
      await engine.setUp(server.admin);
      const settings = scale.settings({ ...real, providerTimeoutSeconds });
      const world = new World(engine, options, clock);
      const look = await observer({ engine, server, credentials: world.names });
      await options.consentInTurn(async () => {
        const began = Date.now();
        await Promise.all(world.names.map((_, index) => world.#consent(index)));
        const consentsMs = Date.now() - began;
        // Tokens are half of that time older or younger than the days.
        world.days = new ScaledDays(dayMs, began + consentsMs / 2);
        lateness?.began(performance.now() - consentsMs / 2);
      });
      // Afterwards: a consent may wait for Webex longer than it then does, as where many worlds begin at once.
      await server.admin.write(`${mountPath}/config`, simulatedConfiguration(settings));
      lateness?.allowSchedule(scale.toMs(0.5));
      lateness?.allowAnswers(Math.min(scale.toMs(0.5), (providerTimeoutSeconds * 1000) / ANSWERS_WITHIN_THE_TIMEOUT));
      lateness?.watch(engine.webex);
      if (server.harm === undefined) {
        lateness?.probe(() => server.admin.read(`${mountPath}/config`));
      }
      world.#readers = world.names.map(
        (name) => new Reader(engine, server.nodes, name, world.days.toMs(1 / READS_A_DAY)),
      );
      world.#watch = new Watch(world.days, look, world.days.toMs(1 / LOOKS_A_DAY));
      return world;
    } catch (error) {
      await engine[Symbol.asyncDispose]();
      throw error;
    }
  }

  get webex(): WebexSimulator {
    return this.engine.webex;
  }

  /** Number of the grant of a credential, as faults name it. */
  grantOf(index: number): number {
    return this.#grants[index] ?? NaN;
  }

  /** Waits for that day. */
  async at(day: number): Promise<void> {
    await sleep(Math.max(0, this.days.toMs(day - this.days.now)));
  }

  /** Trouble, from one day to another, and a day more at most until a look has ended that began after that. */
  async trouble(from: number, to: number, cause: () => unknown, cure: () => unknown): Promise<void> {
    await this.at(from);
    this.#watch?.begin();
    await cause();
    await this.at(to);
    // On a machine that has much to do, a look may take longer than all of the trouble.
    await Promise.race([this.#watch?.fresh(), this.at(to + 1)]);
    await cure();
    this.#watch?.end();
  }

  /** As often as it fits in, once at least; before each other time, a person gives again what was lost. */
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
    const { harm } = this.options.server;
    if (harm === undefined) {
      throw new Error('others use this server too: nothing may be done to it');
    }
    return harm;
  }

  /** Ends the reading. What can still be refreshed is kept, everything else is lost. */
  async finish(): Promise<Outcome> {
    const inTheEnd = (await this.#watch?.fresh()) ?? { severity: 'broken', state: 'no look', said: '' };
    await Promise.all([...this.#readers.map((reader) => reader.stop()), this.#watch?.stop()]);
    const kept = await Promise.all(this.names.map((name, index) => this.#canBeRefreshed(name, index)));
    const failures: Partial<Record<Failure, number>> = {};
    for (const [failure, count] of this.#readers.flatMap((reader) => [...reader.failures])) {
      failures[failure] = (failures[failure] ?? 0) + count;
    }
    const refreshes: Record<number, number> = {};
    for (const status of this.engine.refreshes) {
      refreshes[status] = (refreshes[status] ?? 0) + 1;
    }
    return {
      days: this.length,
      credentials: this.names.length,
      reads: sum(this.#readers.map(({ reads }) => reads)),
      failed: sum(this.#readers.map(({ failed }) => failed)),
      failures,
      examples: Object.fromEntries(this.#readers.flatMap(({ examples }) => [...examples])),
      lost: this.#lost + kept.filter((isKept) => !isKept).length,
      refreshes,
      sayings: this.#watch?.sayings ?? [],
      unsaid: this.#watch?.unsaid ?? 0,
      states: [...(this.#watch?.states ?? [])],
      inTheEnd,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#readers.map((reader) => reader.stop()), this.#watch?.stop()]);
    await this.engine[Symbol.asyncDispose]();
  }

  async #consent(index: number): Promise<void> {
    const person = personOf(index);
    await this.engine.authorize(this.options.server.admin, this.names[index] ?? '', { as: person });
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

  /** Without a refresh, which would change what comes next. */
  async #isLost(name: string): Promise<boolean> {
    try {
      const { warnings } = await this.options.server.admin.read(
        `${this.engine.mountPath}/creds/${name}`,
        credentialReply,
      );
      return warnings?.some((warning) => warning.includes('invalid_grant')) ?? false;
    } catch (error) {
      return error instanceof VaultResponseError && (error.statusCode === 404 || error.said.includes('invalid_grant'));
    }
  }

  /** Tried again where the engine gave up waiting, as on a machine that has much to do. */
  async #canBeRefreshed(name: string, index: number): Promise<boolean> {
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const before = this.webex.requests.length;
      await this.engine.forceRefresh(this.options.server.admin, name);
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
  return numbers.reduce((total, number) => total + number, 0);
}
