import type { Failure } from './reader';
import type { Outcome } from './world';

/** The outcome of a scenario for every seed: its reads, grants and looks. An omitted field states nothing. */
export interface Expected {
  /** Kinds of failed reads. Each of them occurs, and no other. */
  readonly failures: readonly Failure[];
  /** Grants that need a new consent. */
  readonly lost: 'none' | 'one' | 'every';
  /** The last look is healthy, or says this. */
  readonly inTheEnd?: 'healthy' | { readonly says: string };
  /** A look during each trouble reports it: any look, or the first that begins after the trouble. */
  readonly said?: 'always' | 'by the first look';
  /** All states that the looks report. */
  readonly states?: readonly string[];
  /** Least number of refreshes that Webex answers with a status; 0 is a dropped connection. */
  readonly refreshes?: Readonly<Record<number, number>>;
  /** Statuses that Webex answers no refresh with. */
  readonly noRefreshes?: readonly number[];
  /** Least number of kinds of refused refreshes. */
  readonly kindsOfRefusals?: number;
}

/** @returns one line for each field in which the outcome is not the expected one */
export function differences(expected: Expected, outcome: Outcome): string[] {
  const { failures, inTheEnd, said, states, refreshes = {}, noRefreshes = [], kindsOfRefusals = 0 } = expected;
  const { sayings, unsaid } = outcome;
  const found: string[] = [];
  const differ = (what: string, got: unknown): void => void found.push(`${what}; got ${JSON.stringify(got)}`);

  if (!sameMembers(failures, Object.keys(outcome.failures))) {
    differ(`reads fail by: ${failures.join(', ') || 'nothing'}`, outcome.examples);
  }
  if (!hasLost(expected.lost, outcome)) {
    differ(`grants lost: ${expected.lost}`, `${outcome.lost} of ${outcome.credentials}`);
  }
  if (inTheEnd === 'healthy' && outcome.inTheEnd.severity !== 'healthy') {
    differ('the last look is healthy', outcome.inTheEnd);
  }
  if (typeof inTheEnd === 'object' && !outcome.inTheEnd.said.includes(inTheEnd.says)) {
    differ(`the last look says "${inTheEnd.says}"`, outcome.inTheEnd);
  }
  if (said !== undefined && (unsaid > 0 || sayings.length === 0)) {
    differ('a look tells of each trouble', { sayings, unsaid });
  }
  if (said === 'by the first look' && sayings.some(({ looks }) => looks > 1)) {
    differ('the first look tells of each trouble', sayings);
  }
  if (states !== undefined && !sameMembers(states, outcome.states)) {
    differ(`the looks tell of: ${states.join(', ')}`, outcome.states);
  }
  for (const [status, least] of Object.entries(refreshes)) {
    if ((outcome.refreshes[Number(status)] ?? 0) < least) {
      differ(`at least ${least} refreshes are answered with ${status}`, outcome.refreshes);
    }
  }
  if (noRefreshes.some((status) => outcome.refreshes[status] !== undefined)) {
    differ(`no refresh is answered with ${noRefreshes.join(' or ')}`, outcome.refreshes);
  }
  if (Object.keys(outcome.refreshes).filter((status) => status !== '200').length < kindsOfRefusals) {
    differ(`refreshes are refused in ${kindsOfRefusals} ways`, outcome.refreshes);
  }
  return found;
}

function hasLost(expected: Expected['lost'], { lost, credentials }: Outcome): boolean {
  return expected === 'every' ? lost >= credentials : lost === (expected === 'one' ? 1 : 0);
}

function sameMembers(some: readonly string[], others: readonly string[]): boolean {
  return some.toSorted().join() === others.toSorted().join();
}
