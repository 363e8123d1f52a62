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

function isStep(input: unknown, step: string): boolean {
  return (input as { step?: string } | undefined)?.step === step;
}

it('the client secret appears only in the environment of the commands', () => {
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

it('a command writes the entry again with its secret after each change of the entry or the secret', () => {
  const written = resources(declareIntegration(), 'terraform_data').find(({ input }) => isStep(input, 'secret'));
  expect(written).toMatchObject({
    input: { entry: expect.stringMatching(/\/servers\/webex-myapp$/) as string, step: 'secret' },
    lifecycle: {
      replace_triggered_by: [
        expect.stringMatching(/^terraform_data\.integration_gate_/),
        expect.stringMatching(/^vault_generic_endpoint\.integration_entry_/),
      ],
    },
    triggers_replace: { written: expect.stringMatching(/_entry_\w+\.write_data_json\}$/) as string },
    provisioner: [
      {
        'local-exec': {
          command: expect.stringMatching(/internal write-entry write$/) as string,
          environment: {
            ENTRY_SECRET_FIELD: 'client_secret',
            ENTRY_SECRET_OF: 'integration "webex-myapp"',
            ENTRY_SECRET_SHOWN_BY: 'Webex',
            ENTRY_SECRET_VARIABLE: 'TF_VAR_webex_myapp_client_secret',
          },
        },
      },
    ],
  });
});

it('a plan without changes needs no client secret', () => {
  expect(declareIntegration().variable).toMatchObject({
    webex_myapp_client_secret: { default: null, ephemeral: true, sensitive: true },
  });
});

it('the gate passes before the entry is written', () => {
  const { resource } = declareIntegration();
  const gate = Object.keys(resource.terraform_data ?? {}).find((id) => id.includes('gate')) ?? 'none';
  const entry = Object.entries(resource.vault_generic_endpoint ?? {}).find(([id]) => id.includes('entry'));
  expect(entry?.[1]).toMatchObject({ depends_on: [`terraform_data.${gate}`] });
});

it.each<[string, Parameters<typeof declareIntegration>]>([
  ['the client id', [{ clientId: 'Other' }]],
  ['the version of the secret', [{ clientSecretVersion: 2 }]],
  ['the Webex URL', [{}, { webex: { apiUrl: 'https://webex.example/v1' } }]],
])('the client secret is written again if %s changes', (_, change) => {
  const triggers = (declaration: Declaration) =>
    resources(declaration, 'terraform_data').map(({ triggers_replace }) => triggers_replace);
  expect(triggers(declareIntegration(...change))).not.toEqual(triggers(declareIntegration()));
});

it('the entry sends the client secret in the body of token requests to the declared Webex', () => {
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

it('the commands write the secret to the declared Vault, not to the one in the environment', () => {
  const steps = resources(
    declareIntegration({}, {}, { environment: { VAULT_ADDR: 'https://v.example', VAULT_NAMESPACE: 'team' } }),
    'terraform_data',
  );
  expect(JSON.stringify(steps)).toContain('"VAULT_ADDR":"https://v.example","VAULT_NAMESPACE":"team"');
  expect(JSON.stringify(resources(declareIntegration(), 'terraform_data'))).not.toContain('VAULT_');
});

describe('with an engine that moves', () => {
  const entries = (declaration: Declaration) =>
    Object.keys(declaration.resource.vault_generic_endpoint ?? {})
      .filter((id) => id.includes('entry'))
      .map((id) => `vault_generic_endpoint.${id}`);
  const [usual = ''] = entries(declareIntegration());
  const moved = declareAt('teams/webex', 'oauthapp');

  it('an entry is written at the new mount of a moved engine, and the old entry is kept', () => {
    expect(entries(moved)).toEqual([`${usual}_at_teams-swebex`]);
    expect(moved.removed).toEqual([
      { from: usual, lifecycle: { destroy: false } },
      { from: `${usual}_at_oauthapp`, lifecycle: { destroy: false } },
    ]);
    expect(moved.moved).toBeUndefined();
  });

  it('the entry at a new mount returns to the usual address in the state after the move', () => {
    const settled = declareAt('teams/webex');
    expect(settled.removed).toBeUndefined();
    expect(settled.moved).toEqual([{ from: `${usual}_at_teams-swebex`, to: usual }]);
  });

  it('the entries of different mount paths have different addresses in the state', () => {
    const paths = ['a-sb', 'a/b', 'a-b', 'a--b', 'a-/b', 'a/-b', 'asb'];
    const ids = paths.flatMap((mountPath) => entries(declareAt(mountPath, 'x')));
    expect(new Set(ids).size).toBe(paths.length);
  });
});
