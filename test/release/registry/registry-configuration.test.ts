import { registryConfiguration } from '../../../release/registry/registry-configuration';

const configuration = registryConfiguration('/folder', '/storage', 'https://registry.example/') as {
  readonly packages: Readonly<Record<string, { readonly proxy?: string; readonly publish: string }>>;
};

it('the registry passes on no request for a name of ours', () => {
  const own = Object.entries(configuration.packages).filter(([, { proxy }]) => proxy === undefined);
  expect(own.map(([pattern]) => pattern)).toEqual([
    '@webex-token-vault/*',
    'webex-token-vault',
    'webex-token-client',
    'create-webex-token-vault',
    'webex-token',
  ]);
});

it('the registry takes no package with another name', () => {
  expect(configuration.packages['**']).toMatchObject({ publish: 'nobody', proxy: 'users' });
});
