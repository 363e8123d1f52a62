import { ExplainedError } from '#core';
import type { z } from 'zod';
import type { Deployment, Integration } from '../../declaration/schema/deployment';
import { declaringFile } from '../../declaration/deployment-file';
import { integrationEntry } from '../../declaration/derived/integration-entry';
import { integrationReply } from '../../vault/replies';
import type { VaultClient } from '../../vault/vault-client';
import { lookAt, mountedType } from './mounted';
import type { Plan } from '../plan/plan';

/*
 * An engine and its integrations that exist in Vault and not in Terraform's state, such as the article's own setup.
 */

export async function requireImportable(vault: VaultClient, { engine }: Deployment): Promise<void> {
  const { mountPath, plugin } = engine;
  const found = await mountedType(vault, mountPath);
  if (found === undefined) {
    throw new ExplainedError(
      `engine.import is set, but nothing is mounted at "${mountPath}", so nothing was changed; correct engine.mountPath, or remove engine.import to create a new engine`,
    );
  }
  if (found !== plugin.name) {
    throw new ExplainedError(
      `the engine at "${mountPath}" is of type "${found}", but engine.plugin.name is "${plugin.name}", so nothing was changed; correct engine.plugin.name or engine.mountPath`,
    );
  }
}

/** Objects that the plan would create and that exist: each as a line. */
export async function importObstacles(vault: VaultClient, plan: Plan, deployment: Deployment): Promise<string[]> {
  const { engine, integrations } = deployment;
  const makesMount = plan.changes.some(({ isEngineMount, isNew }) => isEngineMount && isNew);
  const mounted = makesMount ? await mountedType(vault, engine.mountPath) : undefined;
  if (mounted !== undefined) {
    return [
      `"${engine.mountPath}" is mounted already, with type "${mounted}", and Terraform does not know it. Declare engine.import: true to import it with its grants. If it belongs to another deployment, choose another engine.mountPath`,
    ];
  }
  const made = plan.changes
    .filter(({ type, isNew }) => type === 'vault_generic_endpoint' && isNew)
    .map((change) => change.after('path'));
  const obstacles: string[] = [];
  for (const integration of integrations) {
    const path = `${engine.mountPath}/servers/${integration.vaultName}`;
    const entry = made.includes(path) ? await lookAt(vault, path, integrationReply) : undefined;
    obstacles.push(...(entry === undefined ? [] : ofEntry(entry.data, integration, deployment)));
  }
  return obstacles;
}

/** Webex gave the grants of an entry to one client, and refreshes them for that client only. */
function ofEntry(
  { client_id: clientId, provider_options: options }: z.output<typeof integrationReply>['data'],
  { name, clientId: declaredId = clientId }: Integration,
  { webex }: Deployment,
): string[] {
  const declared = integrationEntry(declaredId, webex.apiUrl);
  const others = [
    ...(clientId === declaredId ? [] : [`client id "${clientId}", but ${declaringFile()} declares "${declaredId}"`]),
    ...(options.token_url === declared.provider_options.token_url
      ? []
      : [
          `token_url "${options.token_url ?? 'none'}", but ${declaringFile()} implies "${declared.provider_options.token_url}"`,
        ]),
  ];
  return others.map(
    (other) =>
      `integration "${name}" is in Vault with ${other}, so its grants could not be refreshed; declare the values in Vault, or give the new integration another name`,
  );
}
