import { ejectedReadme } from '../../../../lib/terraform/ejection/ejected-readme';

it('the README names the stacks, the variables and how each client secret is written', () => {
  const text = ejectedReadme({
    name: 'staging',
    stacks: ['vault-server', 'webex-tokens'],
    state: 'backend `s3`',
    variables: {
      vault_address: { description: 'Address of Vault', default: 'https://vault.example' },
      webex_myapp_client_id: { description: 'Client id of integration webex-myapp' },
    },
    secrets: [{ of: 'integration "webex-myapp"', variable: 'webex_myapp_client_secret', gate: 'terraform_data.gate' }],
    provisionerPolicy: 'oauthapp-provisioner',
  });
  expect(text).toMatchSnapshot();
});
