import { Engine } from '../../../constructs/tokens/engine';
import { Integration, type IntegrationProps } from '../../../constructs/tokens/integration';
import type { DeploymentInput } from '../../../lib/declaration/schema/deployment';
import { type Declaration, declare, resources } from '../../fixtures/declarations/declaration';
import { resolvedExample } from '../../fixtures/declarations/resolved-example';

function declareIntegration(
  changes: Partial<DeploymentInput['integrations'][number]> = {},
  others: Partial<DeploymentInput> = {},
  props: Partial<IntegrationProps> = {},
): Declaration {
  return declare((stack) => {
    const { engine: resolved, integrations } = resolvedExample({
      engine: { plugin: { manage: false } },
      integrations: [{ name: 'webex-myapp', clientId: 'C0ffee', ...changes }],
      ...others,
    });
    const engine = new Engine(stack, 'engine', resolved);
    integrations.forEach((integration) => new Integration(stack, 'integration', { ...integration, engine, ...props }));
  });
}

function declareAt(mountPath: string, movedFrom?: string): Declaration {
  return declareIntegration({}, { engine: { mountPath, movedFrom, plugin: { manage: false } } });
}

function entryOf(declaration: Declaration): Record<string, unknown> {
  const entry = resources(declaration, 'vault_generic_endpoint').find(({ path }) => /servers/.test(String(path)));
  return JSON.parse(entry?.data_json as string) as Record<string, unknown>;
}

it('keeps the secret out of everything but the environment of the commands', () => {
  const declaration = declareIntegration();
  const uses = JSON.stringify(declaration.resource).split('${var.webex_myapp_client_secret}').length - 1;
  expect(uses).toBe(2);
  for (const step of resources(declaration, 'terraform_data')) {
    expect(step).toMatchObject({
      provisioner: [{ 'local-exec': { environment: { ENTRY_SECRET: '${var.webex_myapp_client_secret}' } } }],
    });
    expect(JSON.stringify(step.triggers_replace ?? {})).not.toContain('client_secret');
  }
  expect(entryOf(declaration)).not.toHaveProperty('client_secret');
});

it('needs no secret for a plan without changes', () => {
  expect(declareIntegration().variable).toMatchObject({
    webex_myapp_client_secret: { default: null, ephemeral: true, sensitive: true },
  });
});

it('lets the gate pass before the entry is touched', () => {
  const { resource } = declareIntegration();
  const gate = Object.keys(resource.terraform_data ?? {}).find((id) => id.includes('gate')) ?? 'none';
  const entry = Object.entries(resource.vault_generic_endpoint ?? {}).find(([id]) => id.includes('entry'));
  expect(entry?.[1]).toMatchObject({ depends_on: [`terraform_data.${gate}`] });
});

it.each<[string, Parameters<typeof declareIntegration>]>([
  ['the client id', [{ clientId: 'Other' }]],
  ['the version of the secret', [{ clientSecretVersion: 2 }]],
  ['the Webex URL', [{}, { webex: { apiUrl: 'https://webex.example/v1' } }]],
])('writes the secret anew where %s changes', (_, change) => {
  const triggers = (declaration: Declaration) =>
    resources(declaration, 'terraform_data').map(({ triggers_replace }) => triggers_replace);
  expect(triggers(declareIntegration(...change))).not.toEqual(triggers(declareIntegration()));
});

it('names the client secret in the body of token requests, at the Webex that is declared', () => {
  expect(entryOf(declareIntegration({}, { webex: { apiUrl: 'http://127.0.0.1:1/v1' } }))).toEqual({
    client_id: 'C0ffee',
    provider: 'custom',
    provider_options: {
      auth_style: 'in_params',
      auth_code_url: 'http://127.0.0.1:1/v1/authorize',
      token_url: 'http://127.0.0.1:1/v1/access_token',
    },
  });
});

it('writes the secret to the Vault that the declaration names, whatever the environment says', () => {
  const steps = resources(
    declareIntegration({}, {}, { vaultAddress: 'https://v.example', vaultNamespace: 'team' }),
    'terraform_data',
  );
  expect(JSON.stringify(steps)).toContain('"VAULT_ADDR":"https://v.example","VAULT_NAMESPACE":"team"');
  expect(JSON.stringify(resources(declareIntegration(), 'terraform_data'))).not.toContain('VAULT_');
});

describe('where the engine moves', () => {
  const entries = (declaration: Declaration) =>
    Object.keys(declaration.resource.vault_generic_endpoint ?? {})
      .filter((id) => id.includes('entry'))
      .map((id) => `vault_generic_endpoint.${id}`);
  const [usual = ''] = entries(declareIntegration());
  const moved = declareAt('teams/webex', 'oauthapp');

  it('is written anew there, and deleted nowhere', () => {
    expect(entries(moved)).toEqual([`${usual}_at_teams-swebex`]);
    expect(moved.removed).toEqual([
      { from: usual, lifecycle: { destroy: false } },
      { from: `${usual}_at_oauthapp`, lifecycle: { destroy: false } },
    ]);
    expect(moved.moved).toBeUndefined();
  });

  it('is what the usual one in the state is from then on', () => {
    const settled = declareAt('teams/webex');
    expect(settled.removed).toBeUndefined();
    expect(settled.moved).toEqual([{ from: `${usual}_at_teams-swebex`, to: usual }]);
  });

  it('tells all paths apart', () => {
    const paths = ['a-sb', 'a/b', 'a-b', 'a--b', 'a-/b', 'a/-b', 'asb'];
    const ids = paths.flatMap((mountPath) => entries(declareAt(mountPath, 'x')));
    expect(new Set(ids).size).toBe(paths.length);
  });
});
