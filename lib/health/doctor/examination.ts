import { describeError, ExplainedError, oneLine, VaultResponseError } from '#core';

/*
 * Checks, one after the other, until one finds a problem: later checks depend on earlier ones.
 */

export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'error';
  /** In words, one line. */
  readonly detail: string;
  /** Command or step that fixes the problem. @default - the detail names it */
  readonly next?: string;
}

/** Advice about something that works. */
export interface Advice {
  /** `note`: nothing has to change, but it is useful to know. */
  readonly kind: 'advice' | 'note';
  /** In words, one line. */
  readonly detail: string;
  /** Command or step to take. @default - the detail names it, or there is none */
  readonly next?: string;
}

export function advice(detail: string, next?: string): Advice {
  return { kind: 'advice', detail, next };
}

export function note(detail: string): Advice {
  return { kind: 'note', detail };
}

/** A check found a problem. */
export class Problem extends ExplainedError {
  override name = 'Problem';

  constructor(
    readonly detail: string,
    /** Command or step that fixes the problem. */
    readonly next?: string,
  ) {
    super(next === undefined ? detail : `${detail}; ${next}`);
  }
}

/** The first problem was found, and is among the findings. */
export class ExaminationEnded extends Error {
  override name = 'ExaminationEnded';
}

export class Examination {
  /** Findings up to the first problem. If there is a problem, it is the last finding. */
  readonly findings: Finding[] = [];
  /** Advice found so far. It is shown even if a later check finds a problem. */
  readonly advice: Advice[] = [];

  constructor(
    /** Receiver of each finding, as soon as it is found. */
    private readonly onFinding: (finding: Finding) => void,
    /** Meaning of a refusal by Vault. */
    private readonly explain: (error: VaultResponseError) => ExplainedError,
    private readonly signal: AbortSignal,
  ) {}

  advise(...advice: readonly Advice[]): void {
    this.advice.push(...advice);
  }

  /**
   * @param describe words for a result without a problem. @default - the result as text
   * @throws ExaminationEnded if there is a problem; the signal's reason; an error of this program
   */
  async check<T>(name: string, look: () => Promise<T> | T, describe: (found: T) => string = String): Promise<T> {
    this.signal.throwIfAborted();
    try {
      const found = await look();
      this.#record({ check: name, state: 'ok', detail: oneLine(describe(found)) });
      return found;
    } catch (error) {
      this.signal.throwIfAborted();
      this.#record({ check: name, state: 'error', ...this.#explained(error) });
      throw new ExaminationEnded();
    }
  }

  #record(finding: Finding): void {
    this.findings.push(finding);
    this.onFinding(finding);
  }

  #explained(error: unknown): Pick<Finding, 'detail' | 'next'> {
    if (error instanceof Problem) {
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
