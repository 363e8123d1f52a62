import { declaredSecrets } from '../../../lib/declaration/derived/client-secret';
import { planOf, type Plan } from '../../../lib/terraform/plan';
import { planObstacles } from '../../../lib/terraform/plan-obstacles';
import { exampleDeployment } from '../../fixtures/declarations/example-deployment';

const { integrations } = exampleDeployment();
const secrets = declaredSecrets({ integrations });
const SECRET = { TF_VAR_webex_myapp_client_secret: 'the-secret' };

function planned(...resources: readonly (readonly [type: string, name: string, ...actions: string[]])[]): Plan {
  return planOf({
    resource_changes: resources.map(([type, name, ...actions]) => ({
      address: `${type}.${name}`,
      type,
      name,
      change: { actions, before: null, after: {} },
    })),
  });
}

const step = (name: string, ...actions: string[]) =>
  ['terraform_data', `integration-webex-myapp_${name}_0123ABCD`, ...actions] as const;

describe('the client secret that is to be written', () => {
  const line =
    'the client secret of integration "webex-myapp" is to be written, and TF_VAR_webex_myapp_client_secret is not set; set it to the secret that Webex shows for it';

  it.each([
    ['of a new integration', planned(step('gate', 'create'), step('entry', 'create'), step('secret', 'create'))],
    [
      'of an entry that was changed behind our back',
      planned(step('entry', 'update'), step('secret', 'delete', 'create')),
    ],
    ['at the place to which the engine moves', planned(step('secret', 'create'))],
  ])('is wanted: %s', (_, plan) => {
    expect(planObstacles(plan, secrets, {})).toEqual([line]);
    expect(planObstacles(plan, secrets, SECRET)).toEqual([]);
  });

  it('is not wanted where it stays', () => {
    expect(planObstacles(planned(step('gate', 'no-op'), step('secret', 'delete')), secrets, {})).toEqual([]);
  });

  it('is wanted by the new name of what is renamed', () => {
    const renamed = declaredSecrets({
      integrations: integrations.map((each) => ({ ...each, name: 'reports', renamedFrom: 'webex-myapp' })),
    });
    const plan = planned(step('secret', 'create'));
    expect(planObstacles(plan, renamed, SECRET)).toEqual([
      expect.stringContaining('integration "reports" is to be written, and TF_VAR_reports_client_secret is not set'),
    ]);
    expect(planObstacles(plan, renamed, { TF_VAR_reports_client_secret: 'the-secret' })).toEqual([]);
  });

  it.each(['gate', 'entry'])('is not left out of a plan that has the %s', (name) => {
    expect(planObstacles(planned(step(name, 'delete', 'create')), secrets, SECRET)).toEqual([
      'integration "webex-myapp" would be left without its client secret, which is written apart; leave out what keeps Terraform from it, such as -target',
    ]);
  });
});

it('wants the client secret of those who log in by OIDC, by its own variable', () => {
  const oidc = { issuer: 'https://id.example', clientId: 'vault', groups: { authorizer: ['admins'] } };
  const declared = declaredSecrets(exampleDeployment({ operators: { oidc } }));
  const plan = planned(['terraform_data', 'operators-oidc_secret_0123ABCD', 'create']);
  expect(planObstacles(plan, declared, SECRET)).toEqual([
    'the client secret of operators.oidc is to be written, and TF_VAR_operators_oidc_client_secret is not set; set it to the secret that the identity provider shows for it',
  ]);
  expect(planObstacles(plan, declared, { TF_VAR_operators_oidc_client_secret: 'the-secret' })).toEqual([]);
});

describe('the plugin', () => {
  const plugin = (...actions: string[]) => ['vault_plugin', 'engine_plugin', ...actions] as const;
  const mount = (...actions: string[]) => ['vault_mount', 'engine_mount', ...actions] as const;

  it('does not leave the catalog under its engine', () => {
    expect(planObstacles(planned(plugin('delete'), mount('no-op')), secrets, {})).toEqual([
      expect.stringMatching(/have Terraform forget it first: state rm vault_plugin\.engine_plugin$/),
    ]);
  });

  it('leaves it with the engine, and may be replaced', () => {
    expect(planObstacles(planned(plugin('delete'), mount('delete')), secrets, {})).toEqual([]);
    expect(planObstacles(planned(plugin('delete', 'create'), mount('no-op')), secrets, {})).toEqual([]);
  });
});
