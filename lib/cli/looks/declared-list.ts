import { loginOf } from '../../declaration/derived/logins';
import type { Deployment } from '../../declaration/schema/deployment';
import { isServiceApp } from '../../declaration/schema/credential-declaration';
import { operatorPolicies } from '../../declaration/policies/operator-policies';
import { keepsGrants } from '../../declaration/schema/server/server-declaration';
import { operatorsOf, OPERATOR_PURPOSES, type OperatorName } from '../../operators/operators';

/** The declaration for programs. */
export function declaredJson(deployment: Deployment, file: string): object {
  const { integrations, credentials, apps } = deployment;
  return {
    version: 1,
    deployment: file,
    server: { address: deployment.vault.address, mode: deployment.vault.server?.mode ?? null },
    integrations: integrations.map(({ name, clientId, redirectUrl }) => ({
      name,
      client_id: clientId ?? null,
      redirect_url: redirectUrl,
    })),
    credentials: credentials.map((credential) => ({
      name: credential.name,
      integration: credential.integration,
      kind: kindOf(credential),
      owner: credential.owner ?? null,
      family: credential.organization?.family ?? null,
      organization_name: credential.organization?.name ?? null,
      scopes: credential.scopes,
    })),
    apps: apps.map((app) => ({
      name: app.name,
      login: loginOf(deployment, app).type,
      reads: app.reads,
      allow: app.allow ?? null,
    })),
    operators: operatorsAt(deployment).map((name) => ({ name, purpose: OPERATOR_PURPOSES[name] })),
  };
}

/** The declaration for people, without a line feed at its end. */
export function declaredTable(deployment: Deployment): string {
  const { integrations, credentials, apps } = deployment;
  const { address, server } = deployment.vault;
  const rows: readonly (readonly [kind: string, name: string, detail: string])[] = [
    ['server', server?.mode ?? 'existing', server === undefined ? `at ${address}` : `${server.product} at ${address}`],
    ...integrations.map(
      ({ name, clientId, redirectUrl }) =>
        ['integration', name, `client id ${clientId ?? 'not declared'}; redirect URL ${redirectUrl}`] as const,
    ),
    ...credentials.map((credential) => {
      const { name, integration, owner, organization, scopes } = credential;
      const whose = owner === undefined ? '' : ` of ${owner}`;
      const member = organization === undefined ? '' : `; organization ${organization.name} of ${organization.family}`;
      return [
        'credential',
        name,
        `${kindOf(credential)}${whose}${member}; by ${integration}; ${scopes.join(' ')}`,
      ] as const;
    }),
    ...apps.map((app) => {
      const allowed = app.allow === undefined ? '' : `; allows ${app.allow.join(', ')}`;
      const detail = `logs in by ${loginOf(deployment, app).type}; reads ${app.reads.join(', ')}${allowed}`;
      return ['app', app.name, detail] as const;
    }),
    ...operatorsAt(deployment).map((name) => ['operator', name, OPERATOR_PURPOSES[name]] as const),
  ];
  const kindWidth = Math.max(...rows.map(([kind]) => kind.length));
  const nameWidth = Math.max(...rows.map(([, name]) => name.length));
  return rows
    .map(([kind, name, detail]) => `${kind.padEnd(kindWidth)}  ${name.padEnd(nameWidth)}  ${detail}`)
    .join('\n');
}

/** Command `init` makes the operators of a server that keeps grants. On another server, only deployed policies exist. */
function operatorsAt(deployment: Deployment): OperatorName[] {
  const deployed: readonly string[] = operatorPolicies(deployment).map(({ operator }) => operator);
  return operatorsOf(deployment).filter((name) => keepsGrants(deployment.vault.server) || deployed.includes(name));
}

function kindOf(credential: Deployment['credentials'][number]): string {
  return isServiceApp(credential) ? 'service-app' : 'person';
}
