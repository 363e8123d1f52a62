import { VaultResponseError } from '#core';
import { TOKEN_PATH } from '../webex/endpoints/token-endpoint';
import { readRefreshing } from '../../lib/vault/engine-refreshing';
import type { VaultClient } from '../../lib/vault/vault-client';
import { eventually } from '../eventually';
import type { Lateness } from './lateness';
import type { WebexEngine } from '../webex-engine';

/** Below the seven days ahead of which the engine is declared to refresh. */
const DUE_TTL_SECONDS = 6 * 24 * 3600;

/** The engine refreshes as many at a time. */
const MANY_AT_ONCE = 16;

/**
 * Grants whose refresh tokens rotate, all of them due at once at a Webex that takes its time: what a stop in the wrong
 * moment loses.
 */
export class DueGrants {
  readonly names: readonly string[];

  /** @param engine whose Webex rotates refresh tokens */
  constructor(
    private readonly engine: WebexEngine,
    count: number,
  ) {
    this.names = Array.from({ length: count }, (_, index) => `credential-${index}`);
  }

  /** All of them anew, none refreshed. @param root with a token that may do anything */
  async authorize(root: VaultClient): Promise<void> {
    await this.engine.tune(root, { tune_refresh_check_interval_seconds: 0 });
    const { behavior } = this.engine.webex;
    behavior.fault = undefined;
    behavior.accessTokenTtlSeconds = DUE_TTL_SECONDS;
    await this.#each((name) => this.engine.authorize(root, name));
  }

  /**
   * Has the engine refresh all of them, and waits until it is in the middle of that.
   *
   * @param delayMs how long Webex's answer takes after it has rotated the token; the first ones come at once
   */
  async fallDue(root: VaultClient, delayMs: number): Promise<void> {
    const { webex } = this.engine;
    webex.behavior.fault = [
      { path: TOKEN_PATH, count: MANY_AT_ONCE },
      { path: TOKEN_PATH, when: 'after', delayMs },
    ];
    const before = this.engine.refreshes.length;
    await this.engine.tune(root, { tune_refresh_check_interval_seconds: 3600, tune_refresh_expiry_delta_factor: 168 });
    // Credentials that share a lock of the engine wait for each other, so a few less than 16 may be under way.
    const isInTheMiddle = (): boolean =>
      this.engine.refreshes.length >= before + MANY_AT_ONCE && webex.inFlight.length >= MANY_AT_ONCE / 2;
    await eventually(() => isInTheMiddle() || undefined);
  }

  /**
   * Does something while the engine refreshes all of them. An attempt in which that came after all refreshes is too late.
   *
   * A refresh reads its grant, asks Webex and stores the answer, and a pause waits for the timeout and a second. Webex takes
   * half of the timeout, so each of these parts may be late by an eighth of it. The probe writes, because storing is the
   * slowest part on a busy disk.
   *
   * @param timeoutSeconds how long the engine waits for Webex
   * @returns the result, and the number of refreshes by then
   */
  async during<T>(
    root: VaultClient,
    { lateness, timeoutSeconds }: { readonly lateness: Lateness; readonly timeoutSeconds: number },
    action: () => Promise<T>,
  ): Promise<{ readonly result: T; readonly refreshed: number }> {
    lateness.allowAnswers(125 * timeoutSeconds);
    lateness.watch(this.engine.webex);
    lateness.probe(async () => {
      await readRefreshing(root, 'oauthapp');
      await root.write('cubbyhole/probe', { written: true });
    });
    const before = this.engine.refreshes.length;
    const beganMs = performance.now();
    await this.fallDue(root, 500 * timeoutSeconds);
    const result = await action();
    const refreshed = this.engine.refreshes.length - before;
    if (refreshed >= this.names.length) {
      lateness.allowSchedule(0);
      lateness.began(beganMs);
    }
    this.engine.webex.behavior.fault = undefined;
    return { result, refreshed };
  }

  /** Names of those that Webex refreshes no more, as each is refreshed now. */
  async lost(root: VaultClient): Promise<string[]> {
    // A read of a grant that is being refreshed would wait for that.
    await eventually(() => this.engine.webex.inFlight.length === 0 || undefined);
    this.engine.webex.behavior.fault = undefined;
    const lost: string[] = [];
    await this.#each(async (name) => {
      // No token lives that long, so that each is refreshed, and then is not enough.
      const said = await root.read(`oauthapp/creds/${name}?minimum_seconds=99999999`).then(
        () => 'nothing',
        (error: unknown) => (error instanceof VaultResponseError ? error.said : String(error)),
      );
      if (said.includes('invalid_grant')) {
        lost.push(name);
      } else if (!said.includes('token expired')) {
        throw new Error(`the engine said ${said} to a read of ${name}, which tells nothing of its grant`);
      }
    });
    return lost;
  }

  async #each(action: (name: string) => Promise<unknown>): Promise<void> {
    const waiting = [...this.names];
    await Promise.all(
      Array.from({ length: MANY_AT_ONCE }, async () => {
        for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
          await action(name);
        }
      }),
    );
  }
}
