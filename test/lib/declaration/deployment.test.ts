import { defineDeployment, type DeploymentInput } from '../../../lib/declaration/deployment';
import { exampleDeployment, PLUGIN_SHA256 } from '../../fixtures/declaration';

it.each<[Partial<DeploymentInput>, string]>([
  [{ appRolePath: 'operators' }, 'appRolePath must not be "operators": an app called like an operator would take over'],
  [
    { engine: { mountPath: 'webex//prod', plugin: { sha256: PLUGIN_SHA256 } } },
    'engine.mountPath must not have "//" in it, got "webex//prod"; use "webex/prod"',
  ],
  [{ appRolePath: '/approle' }, 'appRolePath must not start with "/", got "/approle"; use "approle"'],
])('refuses %j, saying what to write instead', (changes, problem) => {
  expect(() => exampleDeployment(changes)).toThrow(problem);
});

describe('the address of a server that is declared', () => {
  const production = { mode: 'production' } as const;

  it.each<[string, DeploymentInput['vault'], string]>([
    ['in dev mode', { server: { mode: 'dev', port: 8300 } }, 'http://127.0.0.1:8300'],
    ['of that name', { server: production }, 'https://127.0.0.1:8200'],
    ['on all addresses', { server: { ...production, bindAddress: '::' } }, 'https://127.0.0.1:8200'],
    ['on an IPv6 address', { server: { ...production, bindAddress: '::1' } }, 'https://[::1]:8200'],
    [
      'with a name of its own',
      { server: { ...production, nodes: 3, containerName: 'vault', tls: { serverName: '{node}.example' } } },
      'https://vault-1.example:8200',
    ],
  ])('is derived: %s', (_, vault, address) => {
    const deployment = exampleDeployment({ vault });
    expect(deployment.vault.address).toBe(address);
    expect(defineDeployment(deployment)).toEqual(deployment);
  });

  it('is not declared beside it', () => {
    const vault = { server: { mode: 'dev' }, address: 'https://vault.example' } as const;
    expect(() => exampleDeployment({ vault })).toThrow('must have either a server to run or the address of one');
  });
});
