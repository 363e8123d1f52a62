import type { DeploymentInput } from '../../../../lib/declaration/schema/deployment';
import { otherNodes } from '../../../../lib/server/keys/next-steps';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';

function told(server: DeploymentInput['vault']['server']): string[] {
  return otherNodes(exampleDeployment({ vault: { server } }).vault.server);
}

it('the hint names each other node of a Kubernetes cluster, with the command that forwards its port', () => {
  expect(told({ mode: 'kubernetes', context: 'prod', address: 'https://vault.example.com' })).toEqual([
    'The other nodes join by themselves and stay sealed. Unseal them too, each while its port is forwarded:',
    '  VAULT_ADDR=https://127.0.0.1:8210 npx --no-install webex-token-vault unseal   # kubectl --context prod -n webex-token-vault port-forward pod/webex-token-vault-1 8210:8200',
    '  VAULT_ADDR=https://127.0.0.1:8220 npx --no-install webex-token-vault unseal   # kubectl --context prod -n webex-token-vault port-forward pod/webex-token-vault-2 8220:8200',
  ]);
});

it('the hint names each other container', () => {
  expect(told({ mode: 'production', nodes: 3 })).toEqual([
    'The other nodes join by themselves and stay sealed. Unseal them too:',
    '  VAULT_ADDR=https://127.0.0.1:8210 npx --no-install webex-token-vault unseal',
    '  VAULT_ADDR=https://127.0.0.1:8220 npx --no-install webex-token-vault unseal',
  ]);
});

it.each<[string, DeploymentInput['vault']['server']]>([
  ['there is one', { mode: 'production' }],
  [
    'a seal opens them',
    { mode: 'kubernetes', seal: { type: 'transit', address: 'https://other.example', keyName: 'a' } },
  ],
])('the hint is empty if %s', (_, server) => {
  expect(told(server)).toEqual([]);
});
