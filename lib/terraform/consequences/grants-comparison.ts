import { commandLine } from '#core';
import type { DeclaredGrants } from '../../declaration/declared/declared-grants';
import { compareApps } from './apps-comparison';
import { joined, lost, noticed, type Consequences, type Loss } from './consequence';
import { howToKeep, paired } from './names-comparison';

/** Consequences for grants, and for the apps that read them, if one declaration follows the other. */
export function compareGrants(before: DeclaredGrants, after: DeclaredGrants): Consequences {
  return joined([compareIntegrations(before, after), compareCredentials(before, after), compareApps(before, after)]);
}

/** Losses of an integration whose grants can no longer be refreshed. @param grants undefined if the state has no note @param integration in Vault */
export function endOf(grants: DeclaredGrants | undefined, integration: string, why: string): Loss[] {
  if (grants === undefined) {
    const noNote = `${why}, and the state has no note of its credentials`;
    return [{ kind: 'integration', name: integration, why: noNote }];
  }
  const credentials = Object.entries(grants.credentials)
    .filter(([, each]) => each === integration)
    .map(([name]) => name);
  const name = grants.integrations[integration]?.name ?? integration;
  return credentials.length > 0
    ? lost(credentials, why)
    : [{ kind: 'integration', name, why: `${why}, if a credential that is no longer declared for it has one` }];
}

function compareIntegrations(before: DeclaredGrants, after: DeclaredGrants): Consequences {
  const { both, gone, added } = paired(before.integrations, after.integrations);
  const kept = both.map(([inVault, from, to]): Consequences => {
    const what = changeOfClient(
      { clientId: from.clientId, tokenUrl: before.tokenUrl },
      { clientId: to.clientId, tokenUrl: after.tokenUrl },
    );
    const called = `integration "${from.name}" is renamed to "${to.name}"; its grants stay`;
    return {
      notices: from.name === to.name ? [] : [called],
      losses: what === undefined ? [] : endOf(before, inVault, `integration "${from.name}" ${what}`),
    };
  });
  const left = gone.map(([inVault, { name }]) => ({
    notices: [`integration "${name}" is removed${howToKeep({ inVault, name }, added, 'its grants stay')}`],
    losses: endOf(before, inVault, `without integration "${name}" it cannot be refreshed`),
  }));
  return joined([...kept, ...left]);
}

interface Client {
  readonly clientId: string;
  readonly tokenUrl: string;
}

/** Why a client's grants do not work for another client; undefined if they stay, or if Terraform looks up the client id. */
export function changeOfClient(from: Client, to: Client): string | undefined {
  const isLookedUp = to.clientId.includes('${');
  if (from.clientId !== to.clientId && !isLookedUp) {
    return 'gets another client id, and Webex refreshes for the old one only';
  }
  return from.tokenUrl === to.tokenUrl ? undefined : 'refreshes at another Webex, which did not issue it';
}

/** Number of new credentials that are told one by one. */
const MOST_NEWCOMERS = 10;

/** Credentials whose integration stays. A removed integration reports its own. */
function compareCredentials(before: DeclaredGrants, after: DeclaredGrants): Consequences {
  const { both, gone, added } = paired(before.credentials, after.credentials);
  const called = (inVault: string): string | undefined => after.integrations[inVault]?.name;
  const moved = both.flatMap(([name, integration, next]) => {
    const [from, to] = [called(integration), called(next)];
    return integration === next || from === undefined
      ? []
      : [
          `credential "${name}" belongs to integration "${to ?? next}" from now on; its present grant stays with "${from}" until it is authorized again, so keep "${from}" until then`,
        ];
  });
  const former = gone
    .filter(([, integration]) => called(integration) !== undefined)
    .map(
      ([name]) =>
        `credential "${name}" is no longer declared; its grant stays; to revoke it, declare the credential again, deploy, and type: ${commandLine('revoke', name)}`,
    );
  // The first deploy ends with the commands for all credentials.
  const isFirst = Object.keys(before.credentials).length === 0;
  return noticed(...moved, ...former, ...(isFirst ? [] : newcomers(added.map(([name]) => name))));
}

/** A thousand organizations may come with one deploy. */
function newcomers(names: readonly string[]): string[] {
  const shown = names.slice(0, MOST_NEWCOMERS).map((name) => {
    return `credential "${name}" is new and has no grant yet; to get one: ${commandLine('authorize', name)}`;
  });
  const more = names.length - shown.length;
  return more > 0 ? [...shown, `${more} more credentials are new; see all: ${commandLine('list')}`] : shown;
}
