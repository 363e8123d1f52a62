import { VaultResponseError } from '#core';
import pLimit from 'p-limit';
import { TOKEN_PATH } from '../webex/endpoints/token-endpoint';
import { readRefreshing } from '../../lib/vault/engine-refreshing';
import type { VaultClient } from '../../lib/vault/vault-client';
import { eventually } from '../eventually';
import type { Lateness } from './lateness';
import type { WebexEngine } from '../webex-engine';

/** Below the declared seven days by which the engine refreshes ahead. */
const DUE_TTL_SECONDS = 6 * 24 * 3600;

/** The engine's number of concurrent refreshes. */
const MANY_AT_ONCE = 16;

/** Grants with rotating refresh tokens, all due at once at a slow Webex: a stop at that moment loses some. */
export class DueGrants {
  readonly names: readonly string[];

  /** @param engine its Webex rotates refresh tokens */
  constructor(
    private readonly engine: WebexEngine,
    count: number,
  ) {
    this.names = Array.from({ length: count }, (_, index) => `credential-${index}`);
  }

  /** Authorizes all grants again, and stops refreshes. */
  async authorize(root: VaultClient): Promise<void> {
    await this.engine.tune(root, { tune_refresh_check_interval_seconds: 0 });
    const { behavior } = this.engine.webex;
    behavior.fault = undefined;
    behavior.accessTokenTtlSeconds = DUE_TTL_SECONDS;
    await this.#each((name) => this.engine.authorize(root, name));
  }

  /**
   * Makes the engine refresh all grants, and waits until some are refreshed and others are in progress.
   *
   * @param delayMs delay of Webex's answers after it has rotated the token, except the first ones
   */
  async fallDue(root: VaultClient, delayMs: number): Promise<void> {
    const { webex } = this.engine;
    webex.behavior.fault = [
      { path: TOKEN_PATH, count: MANY_AT_ONCE },
      { path: TOKEN_PATH, when: 'after', delayMs },
    ];
    const before = this.engine.refreshes.length;
    await this.engine.tune(root, { tune_refresh_check_interval_seconds: 3600, tune_refresh_expiry_delta_factor: 168 });
    // Credentials can share a lock of the engine, so fewer than 16 may be in progress.
    const isInTheMiddle = (): boolean =>
      this.engine.refreshes.length >= before + MANY_AT_ONCE && webex.inFlight.length >= MANY_AT_ONCE / 2;
    await eventually(() => isInTheMiddle() || undefined);
  }

  /**
   * Runs an action while the engine refreshes all grants. An action after all refreshes is too late.
   *
   * A refresh reads its grant, asks Webex and stores the answer. A pause waits for the timeout and a second. Webex takes
   * half of the timeout, so each part may be late by an eighth of it. The probe writes, because storing is the slowest part
   * on a busy disk.
   *
   * @param timeoutSeconds the engine's timeout for Webex
   * @returns the result, and the number of refreshes until then
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

  /** Refreshes each grant. @returns the names of those that Webex refuses */
  async lost(root: VaultClient): Promise<string[]> {
    // A read would wait for a refresh of its grant.
    await eventually(() => this.engine.webex.inFlight.length === 0 || undefined);
    this.engine.webex.behavior.fault = undefined;
    const lost: string[] = [];
    await this.#each(async (name) => {
      // No token lives that long, so each read refreshes and then fails.
      const said = await root.read(`oauthapp/creds/${name}?minimum_seconds=99999999`).then(
        () => 'nothing',
        (error: unknown) => (error instanceof VaultResponseError ? error.said : String(error)),
      );
      if (said.includes('invalid_grant')) {
        lost.push(name);
      } else if (!said.includes('token expired')) {
        throw new Error(`the engine answered a read of ${name} with ${said}, which says nothing about its grant`);
      }
    });
    return lost;
  }

  async #each(action: (name: string) => Promise<unknown>): Promise<void> {
    await pLimit(MANY_AT_ONCE).map(this.names, action);
  }
}
