import { z } from 'zod';
import type { DeclaredGrants } from '../../declaration/declared/declared-grants';
import type { Plan } from '../plan/plan';
import type { ResourceChange } from '../plan/resource-change';
import { joined, type Consequences } from './consequence';
import { changeOfClient, endOf } from './grants-comparison';

/*
 * Entries of integrations that a plan takes away or gives to another client, whatever the declarations say. A comparison
 * tells nothing of them if `-target` leaves the rest out, if somebody has changed Vault or the state, or if an earlier
 * deploy was half done.
 */

/** @param before what was declared; undefined: the state has no note of it */
export function entryConsequences({ changes }: Plan, before: DeclaredGrants | undefined): Consequences {
  const written = entriesAfter(changes);
  return joined(changes.map((change) => ofEntry(change, before, written)));
}

function ofEntry(
  change: ResourceChange,
  before: DeclaredGrants | undefined,
  written: ReadonlyMap<string, string | undefined>,
): Consequences {
  const inVault = change.type === 'vault_generic_endpoint' ? integrationAt(change.before('path')) : undefined;
  if (inVault === undefined) {
    return { notices: [], losses: [] };
  }
  const name = before?.integrations[inVault]?.name ?? inVault;
  // In another place under the same name it is found again, since a grant knows its integration by name.
  if (!written.has(inVault)) {
    return { notices: [], losses: endOf(before, inVault, `without integration "${name}" it cannot be refreshed`) };
  }
  const [from, to] = [clientIn(change.before('data_json')), clientIn(written.get(inVault))];
  if (from !== undefined && written.get(inVault) === undefined) {
    const unknown = `the client id of integration "${name}" is known only once it is written; any other one than "${from.clientId}" ends its grants, as Webex refreshes for the old one only`;
    return { notices: [unknown], losses: [] };
  }
  const what = from === undefined || to === undefined ? undefined : changeOfClient(from, to);
  return { notices: [], losses: what === undefined ? [] : endOf(before, inVault, `integration "${name}" ${what}`) };
}

/** By the name in Vault, the fields of each integration once the plan is applied; undefined: not known yet. */
function entriesAfter(changes: readonly ResourceChange[]): Map<string, string | undefined> {
  return new Map(
    changes
      .filter((change) => change.type === 'vault_generic_endpoint' && !change.isGone)
      .flatMap((change) => {
        const name = integrationAt(change.after('path') ?? change.before('path'));
        return name === undefined ? [] : [[name, change.after('data_json')] as const];
      }),
  );
}

/** Name in Vault of the integration at a path of the engine. @returns undefined if something else is there */
function integrationAt(path = ''): string | undefined {
  const [name, folder] = path.split('/').toReversed();
  return folder === 'servers' ? name : undefined;
}

const client = z
  .object({ client_id: z.string(), provider_options: z.object({ token_url: z.string() }) })
  .transform(({ client_id: clientId, provider_options: { token_url: tokenUrl } }) => ({ clientId, tokenUrl }));

/** Which client of which Webex an entry is. */
function clientIn(entry: string | undefined): z.output<typeof client> | undefined {
  try {
    return entry === undefined ? undefined : client.safeParse(JSON.parse(entry)).data;
  } catch {
    return undefined;
  }
}
