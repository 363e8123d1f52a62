import { findIntegration } from '../derived/by-name';
import { healingCredentials, keptSecretPath } from '../derived/healing-credentials';
import type { Deployment } from '../schema/deployment';
import { consentRecord, dataPath } from '../schema/record-paths';
import { LOGOUT, renderPolicy, rule, SELF_EXAMINATION, tokenRead } from './policy-rule';

/**
 * Rights of a healer: read the client secrets of Service Apps that recover, and have the engine store their grants. Its
 * holder can act as each of them, and as the account whose token requests their grants.
 */
export function healerPolicy(deployment: Deployment): string {
  const { mountPath, recordsPath } = deployment.engine;
  const credentials = healingCredentials(deployment).map(({ name, serviceApp, integration }) => ({
    name,
    requestedBy: serviceApp.requestedBy,
    integration: findIntegration(deployment, integration).vaultName,
  }));
  const integrations = new Set(credentials.map(({ integration }) => integration));
  const healed = credentials.map(({ name }) => name);
  // A Service App that recovers may request another one's grant. A second rule for its own grant would deny parameters.
  const requesters = new Set(
    credentials.map(({ requestedBy }) => requestedBy).filter((name) => !healed.includes(name)),
  );
  return renderPolicy([
    ...credentials.flatMap(({ name, integration }) => [
      rule(`${mountPath}/creds/${name}`, ['read', 'update'], `grant of ${name}, and a new one if that is lost`, {
        allowedParameters: { server: [integration], grant_type: ['refresh_token'], refresh_token: [] },
      }),
      rule(dataPath(recordsPath, consentRecord(name)), ['create', 'update'], 'record of the new grant'),
    ]),
    ...Array.from(requesters, (name) => tokenRead(mountPath, name, 'token that requests the new grant')),
    ...Array.from(integrations).flatMap((name) => [
      rule(keptSecretPath(deployment, name), ['read'], `client secret of ${name}`),
      rule(`${mountPath}/servers/${name}`, ['read'], `client id of ${name}`),
    ]),
    rule(`sys/internal/ui/mounts/${mountPath}`, ['read'], 'presence of the engine'),
    SELF_EXAMINATION,
    LOGOUT,
  ]);
}
