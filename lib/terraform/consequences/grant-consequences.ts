import { declaredGrants, grantsOf, type DeclaredGrants } from '../../declaration/declared/declared-grants';
import { parseNote } from '../../declaration/declared/note';
import type { Deployment } from '../../declaration/schema/deployment';
import { noteIn } from '../plan/declared-note';
import type { Plan } from '../plan/plan';
import { joined, type Consequences } from './consequence';
import { engineConsequences } from './engine-consequences';
import { entryConsequences } from './entry-consequences';
import { compareGrants } from './grants-comparison';
import { loginConsequences } from './login-consequences';

const NOTHING: Consequences = { notices: [], losses: [] };

const PARTIAL: Consequences = {
  notices: [
    'the plan leaves out a part of the stack, as with -target: only what ends is told, and who reads what afterwards is not',
  ],
  losses: [],
};

/**
 * Consequences of a plan of stack `webex-tokens`, by what was declared before and is declared now. The plan itself is asked
 * about the engine, and about deletions that no change of the declaration explains: by `-target`, drift, or a state that
 * somebody has edited.
 *
 * @throws ExplainedError if the state says in another format what was declared
 */
export function grantConsequences(plan: Plan, deployment: Deployment): Consequences {
  const { text, isWritten, isLeftOut } = noteIn(plan);
  const after = grantsOf(deployment);
  const before = text === undefined ? undefined : parseNote(text, declaredGrants);
  const engine = engineConsequences(plan, [
    ...new Set([...Object.keys(before?.credentials ?? {}), ...Object.keys(after.credentials)]),
  ]);
  return joined([
    isLeftOut ? PARTIAL : NOTHING,
    engine,
    isWritten ? compareGrants(before ?? nothingOf(after), after) : NOTHING,
    // An entry goes with its engine, of which more is told.
    engine.losses.length > 0 ? NOTHING : entryConsequences(plan, before),
    loginConsequences(plan, { before: before?.apps ?? {}, after: after.apps, areCompared: isWritten }),
  ]);
}

/** The same deployment before anything was deployed. */
function nothingOf(declared: DeclaredGrants): DeclaredGrants {
  return { ...declared, integrations: {}, credentials: {}, apps: {} };
}
