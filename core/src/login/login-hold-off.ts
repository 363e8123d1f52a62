import { Period } from '../duration';
import { NotPermitted } from '../vault/credential-errors';

interface Refusal {
  readonly proof: string;
  readonly error: NotPermitted;
  readonly times: number;
  readonly pause: Period;
}

/**
 * Pauses after refused logins. After five refusals, each within 15 minutes of the one before, Vault locks an AppRole out for
 * all its users. With these pauses, the fifth refusal comes later.
 *
 * @see https://openbao.org/docs/concepts/user-lockout/
 */
const HOLD_OFFS_MS = [15_000, 60_000, 240_000, 960_000];

/** Short pauses, for methods without a lockout. The refusal may come from a cluster that Vault could not reach. */
export const WITHOUT_LOCKOUT_MS = [15_000, 60_000];

/** Keeps a program from repeating a login that Vault refuses. */
export class LoginHoldOff {
  #last?: Refusal;

  /**
   * @param now the clock, in milliseconds
   * @param pausesMs pauses after the first refusal, the second and so on. The last pause repeats
   */
  constructor(
    private readonly now: () => number = Date.now,
    private readonly pausesMs: readonly number[] = HOLD_OFFS_MS,
  ) {}

  /**
   * @param proof such as a secret id. Another proof has no pause
   * @param counts whether a refusal starts a pause. @default - each does
   * @throws the error of the login, or the last refusal during a pause
   */
  async attempt<T>(
    proof: string,
    logIn: () => Promise<T>,
    counts: (error: NotPermitted) => boolean = () => true,
  ): Promise<T> {
    const last = this.#last?.proof === proof ? this.#last : undefined;
    if (last?.pause.includes(this.now())) {
      throw last.error;
    }
    try {
      const lease = await logIn();
      this.#last = undefined;
      return lease;
    } catch (error) {
      if (error instanceof NotPermitted && counts(error)) {
        const times = (last?.times ?? 0) + 1;
        const holdOffMs = this.pausesMs[Math.min(times, this.pausesMs.length) - 1] ?? 0;
        const now = this.now();
        this.#last = { proof, error, times, pause: new Period(now, now + holdOffMs) };
      }
      throw error;
    }
  }
}
