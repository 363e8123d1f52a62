import { declaredSecrets, type SecretStep } from '../../../../lib/declaration/derived/client-secret';
import { secretNotices, secretObstacles, writtenVariables } from '../../../../lib/terraform/plan/secret-writes';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';
import { planned, type PlannedChange } from '../../../fixtures/declarations/planned';

const deployment = exampleDeployment();
const secrets = declaredSecrets(deployment);
const SECRET = { TF_VAR_webex_myapp_client_secret: 'the-secret' };

const step = (
  name: SecretStep['step'],
  actions = ['create'],
  path = 'oauthapp/servers/webex-myapp',
): PlannedChange => ({
  type: 'terraform_data',
  name,
  actions,
  after: { input: { entry: path, step: name } },
});
const entry = (actions: string[]): PlannedChange => ({
  type: 'vault_generic_endpoint',
  actions,
  after: { path: 'oauthapp/servers/webex-myapp' },
});

describe('the client secret that is to be written', () => {
  const line =
    'the client secret of integration "webex-myapp" must be written, but TF_VAR_webex_myapp_client_secret is not set; set it to the secret that Webex shows for it';

  it.each([
    ['of a new integration', planned(step('gate'), entry(['create']), step('secret'))],
    ['of an entry that was changed behind our back', planned(entry(['update']), step('secret', ['delete', 'create']))],
    ['at the place to which the engine moves', planned(step('secret'))],
  ])('the check requires the client secret %s', (_, plan) => {
    expect(secretObstacles(plan, secrets, {})).toEqual([line]);
    expect(secretObstacles(plan, secrets, SECRET)).toEqual([]);
  });

  it('the check requires the client secret if only the repair step writes it again', () => {
    const plan = planned(step('copy'));
    expect(secretObstacles(plan, secrets, {})).toEqual([line]);
    expect(secretObstacles(plan, secrets, SECRET)).toEqual([]);
    expect(writtenVariables(plan, secrets)).toEqual(['webex_myapp_client_secret']);
    expect(secretNotices(plan, secrets)).toEqual([]);
  });

  it('the notice says which client secret the plan writes', () => {
    const told = 'the client secret of integration "webex-myapp" is written';
    expect(secretNotices(planned(step('gate'), entry(['create']), step('secret')), secrets)).toEqual([told]);
    expect(secretNotices(planned(step('secret', ['delete', 'create'])), secrets)).toEqual([`${told} again`]);
    expect(secretNotices(planned(step('secret', ['delete'])), secrets)).toEqual([]);
    expect(writtenVariables(planned(step('secret')), secrets)).toEqual(['webex_myapp_client_secret']);
    expect(writtenVariables(planned(entry(['create'])), secrets)).toEqual([]);
  });

  it('the check ignores entries that hold no declared secret', () => {
    const others = planned(step('secret', ['create'], 'oauthapp/servers/other'), {
      type: 'vault_generic_endpoint',
      after: { path: 'oauthapp/config' },
    });
    expect(secretObstacles(others, secrets, {})).toEqual([]);
    expect(writtenVariables(others, secrets)).toEqual([]);
  });

  it('the check does not require the client secret if the entry stays', () => {
    expect(secretObstacles(planned(step('gate', ['no-op']), step('secret', ['delete'])), secrets, {})).toEqual([]);
  });

  it('the check requires the client secret under the new name of a renamed integration', () => {
    const renamed = declaredSecrets({
      ...deployment,
      integrations: deployment.integrations.map((each) => ({
        ...each,
        name: 'reports',
        vaultName: 'webex-myapp',
      })),
    });
    const plan = planned(step('secret'));
    expect(secretObstacles(plan, renamed, SECRET)).toEqual([
      expect.stringContaining('integration "reports" must be written, but TF_VAR_reports_client_secret is not set'),
    ]);
    expect(secretObstacles(plan, renamed, { TF_VAR_reports_client_secret: 'the-secret' })).toEqual([]);
  });

  it.each<[string, PlannedChange]>([
    ['gate', step('gate', ['delete', 'create'])],
    ['entry', entry(['update'])],
  ])('the check refuses a plan that has the %s of an integration but does not write its client secret', (_, change) => {
    expect(secretObstacles(planned(change), secrets, SECRET)).toEqual([
      'integration "webex-myapp" would have no client secret, because the plan leaves out the step that writes it; plan without -target and similar options',
    ]);
  });
});

it('the check requires the client secret of the OIDC operators in its own variable', () => {
  const oidc = { issuer: 'https://id.example', clientId: 'vault', groups: { authorizer: ['admins'] } };
  const declared = declaredSecrets(exampleDeployment({ operators: { oidc } }));
  const plan = planned(step('secret', ['create'], 'auth/oidc/config'));
  expect(secretObstacles(plan, declared, SECRET)).toEqual([
    'the client secret of operators.oidc must be written, but TF_VAR_operators_oidc_client_secret is not set; set it to the secret that the identity provider shows for it',
  ]);
  expect(secretObstacles(plan, declared, { TF_VAR_operators_oidc_client_secret: 'the-secret' })).toEqual([]);
});
