import { findIntegration } from '../derived/by-name';
import { healingCredentials, keptSecretPath } from '../derived/healing-credentials';
import type { Deployment } from '../schema/deployment';
import { consentRecord, dataPath } from '../schema/record-paths';
import { LOGOUT, renderPolicy, rule, SELF_EXAMINATION, tokenRead } from './policy-rule';

/**
 * Rights of a healer. A healer reads the client secrets of the Service Apps that recover, and writes their grants to the
 * engine. So the holder of this policy can act as each of these Service Apps, and as the account whose token requests their
 * grants.
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
  // A Service App that recovers may also request the grant of another one. It has a rule already, and a second rule for the
  // same path would deny the parameters of a new grant.
  const requesters = new Set(
    credentials.map(({ requestedBy }) => requestedBy).filter((name) => !healed.includes(name)),
  );
  return renderPolicy([
    ...credentials.flatMap(({ name, integration }) => [
      rule(`${mountPath}/creds/${name}`, ['read', 'update'], `grant of ${name}, and a new grant if it is lost`, {
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
