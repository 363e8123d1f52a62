import { mountedSeal, sealStanzas } from '../../../constructs/server/seal-stanza';
import type { SealDeclaration } from '../../../lib/declaration/schema/server/seal-declaration';

it.each<[SealDeclaration, Record<string, string>]>([
  [
    { type: 'static', currentKeyId: '1', currentKeyFile: '/seal.key' },
    { current_key_id: '1', current_key: 'file:///seal.key' },
  ],
  [
    { type: 'static', currentKeyId: '2', currentKeyFile: '/2.key', previousKeyId: '1', previousKeyFile: '/1.key' },
    { current_key_id: '2', current_key: 'file:///2.key', previous_key_id: '1', previous_key: 'file:///1.key' },
  ],
  [
    {
      type: 'transit',
      address: 'https://vault.example.com:8200',
      keyName: 'unseal',
      mountPath: 'transit/',
      namespace: 'team',
      disableRenewal: true,
    },
    {
      address: 'https://vault.example.com:8200',
      key_name: 'unseal',
      mount_path: 'transit/',
      namespace: 'team',
      disable_renewal: 'true',
    },
  ],
  [
    { type: 'awskms', kmsKeyId: 'alias/vault', region: 'eu-central-1' },
    { kms_key_id: 'alias/vault', region: 'eu-central-1' },
  ],
  [
    { type: 'gcpckms', project: 'p', region: 'global', keyRing: 'r', cryptoKey: 'k' },
    { project: 'p', region: 'global', key_ring: 'r', crypto_key: 'k' },
  ],
  [
    { type: 'azurekeyvault', tenantId: 't', vaultName: 'v', keyName: 'k' },
    { tenant_id: 't', vault_name: 'v', key_name: 'k' },
  ],
  [
    { type: 'ocikms', keyId: 'k', cryptoEndpoint: 'https://c', managementEndpoint: 'https://m', authTypeApiKey: true },
    { key_id: 'k', crypto_endpoint: 'https://c', management_endpoint: 'https://m', auth_type_api_key: 'true' },
  ],
  [
    { type: 'pkcs11', lib: '/usr/lib/hsm.so', tokenLabel: 'vault', keyLabel: 'root' },
    { lib: '/usr/lib/hsm.so', token_label: 'vault', key_label: 'root' },
  ],
])('the stanza of a seal has the settings of %j', (seal, settings) => {
  expect(sealStanzas(seal)).toEqual({ seal: [{ [seal.type]: settings }] });
});

it('the plugin of a KMS seal has a stanza of its own', () => {
  const plugin = { pluginCommand: 'openbao-plugin-kms-awskms', pluginSha256: 'a'.repeat(64) };
  expect(sealStanzas({ type: 'awskms', kmsKeyId: 'alias/vault', ...plugin })).toEqual({
    seal: [{ awskms: { kms_key_id: 'alias/vault' } }],
    plugin: [{ kms: { awskms: { command: 'openbao-plugin-kms-awskms', sha256sum: 'a'.repeat(64) } } }],
  });
});

it('a mounted seal finds each key by its file name in the folder of the container', () => {
  const seal = { type: 'static', currentKeyId: '2', currentKeyFile: 'secrets/2.key' } as const;
  expect(mountedSeal(seal, '/openbao/seal')).toMatchObject({ currentKeyFile: '/openbao/seal/2.key' });
});
