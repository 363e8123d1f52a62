import { WebexTokens } from '../../../constructs/tokens/webex-tokens';
import type { DeploymentInput } from '../../../lib/declaration/schema/deployment';
import { authorizerPolicy } from '../../../lib/declaration/policies/authorizer-policy';
import { provisionerPolicy } from '../../../lib/declaration/policies/provisioner-policy';
import { operatorsOf } from '../../../lib/operators/operators';
import { resources, synthesize, testApp, type Declaration } from '../../fixtures/declarations/declaration';
import { exampleDeployment } from '../../fixtures/declarations/example-deployment';

const declared: Partial<DeploymentInput> = {
  integrations: [
    { name: 'asks', clientId: 'C-asks' },
    { name: 'service-app', clientId: 'C-app' },
  ],
  credentials: [
    { name: 'asker', integration: 'asks', scopes: ['spark:applications_token'] },
    {
      name: 'reports',
      integration: 'service-app',
      scopes: ['analytics:read_all'],
      serviceApp: { id: 'app', organizationId: 'org', requestedBy: 'asker', autoRecover: true },
    },
  ],
  apps: [{ name: 'people-me', reads: ['reports'] }],
};

const deployment = exampleDeployment(declared);
const withoutHealing = exampleDeployment({
  ...declared,
  credentials: deployment.credentials.map(({ serviceApp, ...credential }) => ({
    ...credential,
    serviceApp: serviceApp && { ...serviceApp, autoRecover: false },
  })),
});

function stackOf(given: typeof deployment): Declaration {
  return synthesize(new WebexTokens(testApp(), 'webex-tokens', given));
}

it('the client secret for healing is in a mount of its own and in no plan', () => {
  const stack = stackOf(deployment);
  expect(resources(stack, 'vault_mount')).toContainEqual(
    expect.objectContaining({ path: 'oauthapp-healing', type: 'kv', options: { version: '1' } }),
  );
  const [name, kept] =
    Object.entries(stack.resource.terraform_data ?? {}).find(([each]) => each.includes('_healing_')) ?? [];
  expect(name).toMatch(/^integration-service-app_healing_/);
  expect(kept?.provisioner).toEqual([
    {
      'local-exec': expect.objectContaining({
        command: expect.stringMatching(/internal write-entry write$/) as string,
        environment: expect.objectContaining({
          ENTRY_FIELDS: '{}',
          ENTRY_SECRET: '${var.service_app_client_secret}',
        }) as object,
      }) as object,
    },
  ]);
  expect(kept?.input).toEqual({ entry: expect.stringMatching(/servers\/service-app$/) as string, step: 'copy' });
});

it('a deployment without healing has neither a healing mount nor a healer', () => {
  expect(JSON.stringify(stackOf(withoutHealing))).not.toContain('_healing_');
  expect(resources(stackOf(withoutHealing), 'vault_policy').map(({ name }) => name)).not.toContain('oauthapp-healer');
  expect(operatorsOf(withoutHealing)).not.toContain('healer');
  expect(operatorsOf(deployment)).toContain('healer');
});

it('the provisioner may write the healing secret but not read it, and may delete the mount after healing is removed', () => {
  const rule = /path "oauthapp-healing\/service-app" \{\n {2}capabilities = \["create","update"\]/;
  expect(provisionerPolicy(deployment)).toMatch(rule);
  const later = provisionerPolicy(withoutHealing);
  expect(later).not.toContain('path "oauthapp-healing/service-app"');
  expect(later).toMatch(/path "sys\/mounts\/oauthapp-healing" \{\n {2}capabilities = \["read","update","delete"\]/);
});

it("the authorizer may store a Service App's grant only by its refresh token, and needs no consent for it", () => {
  const policy = authorizerPolicy(deployment);
  expect(policy).toContain('"server" = ["asks"]\n    "redirect_url"');
  expect(policy).toMatch(/path "oauthapp\/creds\/reports" \{[^}]*"grant_type" = \["refresh_token"\]/s);
  expect(/path "oauthapp\/creds\/reports" \{.*?\n\}/s.exec(policy)?.[0]).not.toContain('"code"');
  expect(policy).not.toContain('reports.consent');
});
