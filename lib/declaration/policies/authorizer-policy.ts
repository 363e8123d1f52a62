import { findIntegration } from '../derived/by-name';
import { consentSites } from '../derived/consent-site';
import type { Credential, Deployment } from '../schema/deployment';
import { consentRecord, dataPath } from '../schema/record-paths';
import { LOGOUT, LOOKUP, renderPolicy, rule, SELF_EXAMINATION, type Rule } from './policy-rule';

/** Rights of an authorizer. An authorizer gets the URL of the consent page, and writes, reads and deletes grants. */
export function authorizerPolicy(deployment: Deployment): string {
  const { engine, integrations, credentials } = deployment;
  const { mountPath, recordsPath } = engine;
  const consented = credentials.filter(({ serviceApp }) => serviceApp === undefined);
  const consentParameters: Rule['allowedParameters'] = { code: [], redirect_url: [] };
  const grantOf = ({ name, integration, serviceApp }: Credential): Rule =>
    rule(
      `${mountPath}/creds/${name}`,
      ['read', 'update', 'delete'],
      serviceApp === undefined
        ? `grant of ${name}, by an authorization code or an imported refresh token`
        : `grant of ${name}, a Service App`,
      {
        allowedParameters: {
          server: [findIntegration(deployment, integration).vaultName],
          ...(serviceApp === undefined ? consentParameters : {}),
          grant_type: ['refresh_token'],
          refresh_token: [],
          // A read with this parameter refreshes the token. The refresh proves that a rotated client secret works.
          minimum_seconds: [],
        },
      },
    );
  return renderPolicy([
    ...(consented.length === 0 ? [] : [consentUrl(deployment, consented)]),
    ...credentials.map(grantOf),
    ...credentials.map(({ name }) =>
      rule(
        dataPath(recordsPath, consentRecord(name)),
        ['create', 'read', 'update'],
        `record of the consent for ${name}`,
      ),
    ),
    ...integrations.map((integration) =>
      rule(
        `${mountPath}/servers/${integration.vaultName}`,
        ['read'],
        'settings of the integration, without the client secret',
      ),
    ),
    rule(`sys/internal/ui/mounts/${mountPath}`, ['read'], 'presence of the engine'),
    SELF_EXAMINATION,
    // A link that is sent to a person ends with the token that stores the grant.
    ...(consentSites(deployment).length === 0 ? [] : [LOOKUP]),
    LOGOUT,
  ]);
}

/** An integration whose credentials are all Service Apps needs no consent page. */
function consentUrl({ engine, integrations, credentials }: Deployment, consented: readonly Credential[]): Rule {
  const isUsed = (name: string, by: readonly Credential[]): boolean => by.some((each) => each.integration === name);
  const asking = integrations.filter(({ name }) => isUsed(name, consented) || !isUsed(name, credentials));
  return rule(`${engine.mountPath}/auth-code-url`, ['update'], 'URL of the consent page', {
    allowedParameters: {
      server: asking.map(({ vaultName }) => vaultName),
      redirect_url: asking.map(({ redirectUrl }) => redirectUrl),
      scopes: consented.map(({ scopes }) => scopes.join(',')),
      state: [],
      auth_url_params: [],
    },
  });
}
