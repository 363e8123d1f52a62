import { serverOf } from '../../../../lib/declaration/declared/declared-server';
import type { DeploymentInput } from '../../../../lib/declaration/schema/deployment';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';

function noted(server: NonNullable<DeploymentInput['vault']['server']>) {
  const { vault } = exampleDeployment({ vault: { server } });
  return vault.server && serverOf(vault.server);
}

it('the note of a dev server has no volume', () => {
  expect(noted({ mode: 'dev' })).toEqual({ format: 1, mode: 'dev', nodes: ['webex-token-vault'], volumes: [] });
});

it('the note of a production server has each node and its volume', () => {
  expect(noted({ mode: 'production', containerName: 'vault' })).toEqual({
    format: 1,
    mode: 'production',
    nodes: ['vault'],
    volumes: ['vault-data'],
  });
  expect(noted({ mode: 'production', containerName: 'vault', nodes: 3 })?.volumes).toEqual([
    'vault-1-data',
    'vault-2-data',
    'vault-3-data',
  ]);
});

it('the note of a Kubernetes server has its pods, volume claims and namespace', () => {
  expect(noted({ mode: 'kubernetes', releaseName: 'bao', namespace: 'vault' })).toEqual({
    format: 1,
    mode: 'kubernetes',
    namespace: 'vault',
    nodes: ['bao-0', 'bao-1', 'bao-2'],
    volumes: ['data-bao-0', 'data-bao-1', 'data-bao-2'],
  });
});
