import { z } from 'zod';
import { parseJson } from '#core';
import type { DeclaredGrants } from '../../declaration/declared/declared-grants';
import type { Plan } from '../plan/plan';
import type { ResourceChange } from '../plan/resource-change';
import { joined, noticed, NOTHING, type Consequences } from './consequence';
import { changeOfClient, endOf } from './grants-comparison';

/*
 * Entries of integrations that a plan deletes, forgets or gives to another client. A comparison of declarations misses them
 * if `-target` leaves the rest out, if somebody changed Vault or the state, or after a deploy that failed half way.
 */

/** @param before the former declaration; undefined if the state has no note of it */
export function entryConsequences({ changes }: Plan, before: DeclaredGrants | undefined): Consequences {
  const entries = changes.filter(({ type }) => type === 'vault_generic_endpoint');
  const written = new Map(
    entries
      .filter(({ isGone }) => !isGone)
      .map((change) => [integrationAt(change.after('path') ?? change.before('path')), change.after('data_json')]),
  );
  return joined(
    entries.map((change) => {
      const inVault = integrationAt(change.before('path'));
      return inVault === undefined ? NOTHING : ofEntry(change, inVault, before, written);
    }),
  );
}

/** @param written fields of each integration after the apply, by its name in Vault; undefined if not known yet */
function ofEntry(
  change: ResourceChange,
  inVault: string,
  before: DeclaredGrants | undefined,
  written: ReadonlyMap<string | undefined, string | undefined>,
): Consequences {
  const name = before?.integrations[inVault]?.name ?? inVault;
  // A grant knows its integration by name, so an entry of the same name at another mount keeps it.
  if (!written.has(inVault)) {
    return { notices: [], losses: endOf(before, inVault, `without integration "${name}" it cannot be refreshed`) };
  }
  const [from, to] = [clientIn(change.before('data_json')), clientIn(written.get(inVault))];
  if (from !== undefined && written.get(inVault) === undefined) {
    return noticed(
      `the client id of integration "${name}" is known only after the deploy; if it is not "${from.clientId}", its grants are lost, because Webex refreshes them for the old client only`,
    );
  }
  const what = from === undefined || to === undefined ? undefined : changeOfClient(from, to);
  return { notices: [], losses: what === undefined ? [] : endOf(before, inVault, `integration "${name}" ${what}`) };
}

/** Name in Vault of the integration at a path of the engine. @returns undefined if something else is there */
function integrationAt(path: string | undefined): string | undefined {
  const [name, folder] = path?.split('/').toReversed() ?? [];
  return folder === 'servers' ? name : undefined;
}

const client = z
  .object({ client_id: z.string(), provider_options: z.object({ token_url: z.string() }) })
  .transform(({ client_id: clientId, provider_options: { token_url: tokenUrl } }) => ({ clientId, tokenUrl }));

function clientIn(entry: string | undefined): z.output<typeof client> | undefined {
  return client.safeParse(entry && parseJson(entry)).data;
}
