import { NotPermitted } from '../vault/credential-errors';
import { Period } from '../period';

interface Refusal {
  readonly proof: string;
  readonly error: NotPermitted;
  readonly times: number;
  readonly pause: Period;
}

/**
 * How long what was refused is not shown again. Vault locks an AppRole out, for all who log in with it, after five refused
 * logins each within 15 minutes of the one before: here the fifth comes later than that.
 *
 * @see https://openbao.org/docs/concepts/user-lockout/
 */
const HOLD_OFFS_MS = [15_000, 60_000, 240_000, 960_000];

/** For methods without a lockout; and what refuses may be a cluster that could not be asked. */
export const WITHOUT_LOCKOUT_MS = [15_000, 60_000];

/** Keeps a program that asks again and again from logging in with what Vault refuses. */
export class LoginHoldOff {
  readonly #now: () => number;
  readonly #pausesMs: readonly number[];
  #last?: Refusal;

  /**
   * @param now the clock, in milliseconds
   * @param pausesMs after the first refusal, the second and so on; the last of them for ever
   */
  constructor(now: () => number = Date.now, pausesMs: readonly number[] = HOLD_OFFS_MS) {
    this.#now = now;
    this.#pausesMs = pausesMs;
  }

  /**
   * @param proof what is shown, such as a secret id: another one is shown at once
   * @param counts whether a refusal is held off. @default - each is
   * @throws what the login throws; where it is too early for another, the refusal of the last one
   */
  async attempt<T>(
    proof: string,
    logIn: () => Promise<T>,
    counts: (error: NotPermitted) => boolean = () => true,
  ): Promise<T> {
    const last = this.#last?.proof === proof ? this.#last : undefined;
    if (last !== undefined && last.pause.includes(this.#now())) {
      throw last.error;
    }
    try {
      const lease = await logIn();
      this.#last = undefined;
      return lease;
    } catch (error) {
      if (error instanceof NotPermitted && counts(error)) {
        const times = (last?.times ?? 0) + 1;
        const holdOffMs = this.#pausesMs[Math.min(times, this.#pausesMs.length) - 1] ?? 0;
        const now = this.#now();
        this.#last = { proof, error, times, pause: new Period(now, now + holdOffMs) };
      }
      throw error;
    }
  }
}
