import { describeError, ExplainedError, oneLine, VaultResponseError } from '#core';

/*
 * Checks, one after the other, until one finds something wrong: what comes after it depends on it.
 */

export interface Finding {
  /** What was looked at. */
  readonly check: string;
  readonly state: 'ok' | 'error';
  /** In words, one line. */
  readonly detail: string;
  /** What mends it, where the detail does not say so itself. */
  readonly next?: string;
}

/** What a check found to be in order, in words, and what the checks after it need. */
export interface Sound<T> {
  readonly detail: string;
  readonly found: T;
}

/** What a check found to be wrong. */
export class Wrong extends ExplainedError {
  override name = 'Wrong';

  constructor(
    readonly detail: string,
    /** What mends it. */
    readonly next?: string,
  ) {
    super(next === undefined ? detail : `${detail}; ${next}`);
  }
}

/** The first wrong thing was found, and is among the findings. */
export class Ended extends Error {
  override name = 'Ended';
}

export class Examination {
  readonly findings: Finding[] = [];

  constructor(
    /** Told of each finding at once. */
    private readonly onFinding: (finding: Finding) => void,
    /** What a refusal of Vault means. */
    private readonly explain: (error: VaultResponseError) => ExplainedError,
    private readonly signal: AbortSignal,
  ) {}

  /** @throws Ended where something is wrong; the signal's reason; what is a fault of ours */
  async check<T>(name: string, look: () => Promise<Sound<T>> | Sound<T>): Promise<T> {
    this.signal.throwIfAborted();
    try {
      const { detail, found } = await look();
      this.#note({ check: name, state: 'ok', detail: oneLine(detail) });
      return found;
    } catch (error) {
      this.signal.throwIfAborted();
      this.#note({ check: name, state: 'error', ...this.#problem(error) });
      throw new Ended();
    }
  }

  #note(finding: Finding): void {
    this.findings.push(finding);
    this.onFinding(finding);
  }

  #problem(error: unknown): Pick<Finding, 'detail' | 'next'> {
    if (error instanceof Wrong) {
      const { detail, next } = error;
      // Some details name the command themselves.
      return { detail: oneLine(detail), next: next === undefined || detail.includes(next) ? undefined : next };
    }
    const explained = error instanceof VaultResponseError ? this.explain(error) : error;
    if (!(explained instanceof ExplainedError)) {
      throw error;
    }
    return { detail: oneLine(describeError(explained)) };
  }
}
