import { ejectStacks } from '../../../../constructs/ejection';
import { authorizerPolicy } from '../../../../lib/declaration/policies/authorizer-policy';
import type { DeploymentInput } from '../../../../lib/declaration/schema/deployment';
import { ejectedFiles } from '../../../../lib/terraform/ejection/ejected-folder';
import { policyLines } from '../../../fixtures/declarations/policy-lines';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';

function ejected(changes: Partial<DeploymentInput> = {}): Record<string, string> {
  const deployment = exampleDeployment(changes);
  const stacks = ejectStacks(deployment, { target: '/nowhere/plain', output: '/nowhere/cdktf.out' });
  return ejectedFiles({ deployment, name: 'deployment' }, stacks);
}

const MANY = Array.from({ length: 120 }, (_, index) => ({
  name: `credential-${index}`,
  integration: 'webex-myapp',
  scopes: ['spark:people_read'],
}));

it('the folder has a README, and the usual files of Terraform for the stack', () => {
  expect(Object.keys(ejected()).sort()).toEqual([
    '.gitignore',
    'README.md',
    'webex-tokens/by-bao.sh',
    'webex-tokens/main.tf.json',
    'webex-tokens/outputs.tf.json',
    'webex-tokens/policies/oauthapp-app-people-me.hcl',
    'webex-tokens/policies/oauthapp-authorizer.hcl',
    'webex-tokens/policies/oauthapp-observer.hcl',
    'webex-tokens/policies/oauthapp-provisioner.hcl',
    'webex-tokens/providers.tf.json',
    'webex-tokens/terraform.tf.json',
    'webex-tokens/variables.tf.json',
  ]);
});

it('each file of Terraform is indented by two spaces, and has one kind of blocks', () => {
  const { 'webex-tokens/terraform.tf.json': settings = '', 'webex-tokens/main.tf.json': main = '' } = ejected();
  expect(settings).toMatch(/^\{\n {2}"terraform": \{\n {4}"backend": \{\n/);
  expect(settings).toMatch(/\}\n$/);
  expect(Object.keys(JSON.parse(main) as object)).toEqual(['moved', 'resource']);
});

it('the app reads its credential by a policy that people can read', () => {
  const { 'webex-tokens/policies/oauthapp-app-people-me.hcl': policy = '', 'webex-tokens/main.tf.json': main = '' } =
    ejected();
  expect(policyLines(policy)).toMatchInlineSnapshot(`
   [
     "oauthapp/creds/testauth ["read"] denied_parameters = { "*" = [] } # access token of testauth",
     "auth/token/lookup-self ["read"] # lookup of this token",
     "auth/token/renew-self ["update"] # renewal of this token",
     "auth/token/revoke-self ["update"] # revocation of this token",
   ]
  `);
  expect(main).toContain(
    String.raw`"policy": "${'$'}{file(\"${'$'}{path.module}/policies/oauthapp-app-people-me.hcl\")}"`,
  );
});

it('a policy above 1,000 lines is the policy of the declaration, word for word', () => {
  const changes = { credentials: MANY, apps: [] };
  const declared = authorizerPolicy(exampleDeployment(changes));
  expect(declared.split('\n').length).toBeGreaterThan(1000);
  expect(ejected(changes)['webex-tokens/policies/oauthapp-authorizer.hcl']).toBe(declared);
});

it('the README names the resource that guards each client secret', () => {
  const oidc = { issuer: 'https://idp.example', clientId: 'vault', groups: { observer: ['on-call'] } };
  const { 'README.md': readme = '', 'webex-tokens/main.tf.json': main = '' } = ejected({ operators: { oidc } });
  const gates = [...readme.matchAll(/`TF_VAR_(\w+)` \| `terraform_data\.([\w-]+)`/g)].map(([, ...found]) => found);
  expect(gates.map(([variable]) => variable)).toEqual(['webex_myapp_client_secret', 'operators_oidc_client_secret']);
  gates.forEach(([, gate]) => expect(main).toContain(`"${gate ?? ''}": {`));
});

it('the script waits as long as a declared refresh may take', () => {
  const script = ejected({
    engine: { plugin: { sha256: 'a'.repeat(64) }, tuning: { providerTimeoutSeconds: 70 } },
  })['webex-tokens/by-bao.sh'];
  expect(script).toContain('\n  sleep 71\n');
  expect(ejected()['webex-tokens/by-bao.sh']).toContain('\n  sleep 61\n');
});
