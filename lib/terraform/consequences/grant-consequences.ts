import { declaredGrants, grantsOf } from '../../declaration/declared/declared-grants';
import { parseNote } from '../../declaration/declared/note';
import type { Deployment } from '../../declaration/schema/deployment';
import { noteIn, type Plan } from '../plan/plan';
import { joined, noticed, NOTHING, type Consequences } from './consequence';
import { engineConsequences } from './engine-consequences';
import { entryConsequences } from './entry-consequences';
import { compareGrants } from './grants-comparison';
import { loginConsequences } from './login-consequences';
import { compareScopes } from './scopes-comparison';

const PARTIAL =
  'the plan leaves out a part of the stack, as with -target; only losses are shown, and not which app reads what afterwards';

/**
 * Consequences of a plan of stack `webex-tokens`, by the former and the present declaration. The plan itself is asked about
 * the engine, and about deletions that no change of the declaration explains: by `-target`, drift, or an edited state.
 *
 * @throws ExplainedError if the note in the state has another format
 */
export function grantConsequences(plan: Plan, deployment: Deployment): Consequences {
  const { text, isWritten, isLeftOut } = noteIn(plan);
  const after = grantsOf(deployment);
  const before = text === undefined ? undefined : parseNote(text, declaredGrants);
  const engine = engineConsequences(plan, Object.keys({ ...before?.credentials, ...after.credentials }));
  const nothing = { ...after, integrations: {}, credentials: {}, scopes: {}, apps: {} };
  return joined([
    isLeftOut ? noticed(PARTIAL) : NOTHING,
    engine,
    isWritten ? compareGrants(before ?? nothing, after) : NOTHING,
    isWritten ? compareScopes(before ?? nothing, deployment) : NOTHING,
    // The loss of the engine includes its entries.
    engine.losses.length > 0 ? NOTHING : entryConsequences(plan, before),
    loginConsequences(plan, { before: before?.apps ?? {}, after: after.apps, areCompared: isWritten }),
  ]);
}
