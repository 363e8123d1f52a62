import { KmsSeal, type KmsSealProps } from '../../../../constructs/server/seals/kms-seal';

describe('KmsSeal', () => {
  it.each<[KmsSealProps, Record<string, string>]>([
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
      {
        type: 'ocikms',
        keyId: 'k',
        cryptoEndpoint: 'https://c',
        managementEndpoint: 'https://m',
        authTypeApiKey: true,
      },
      { key_id: 'k', crypto_endpoint: 'https://c', management_endpoint: 'https://m', auth_type_api_key: 'true' },
    ],
    [
      { type: 'pkcs11', lib: '/usr/lib/hsm.so', tokenLabel: 'vault', keyLabel: 'root' },
      { lib: '/usr/lib/hsm.so', token_label: 'vault', key_label: 'root' },
    ],
  ])('a KMS seal passes on the settings of %j', (props, stanza) => {
    const seal = new KmsSeal(props);
    expect(seal.type).toBe(props.type);
    expect(seal.stanza).toEqual(stanza);
    expect(seal.plugin).toBeUndefined();
  });

  it.each<[KmsSealProps, string, string]>([
    [{ type: 'awskms', kmsKeyId: 'k' }, 'secretKey', 'AWS_SECRET_ACCESS_KEY'],
    [{ type: 'awskms', kmsKeyId: 'k' }, 'session_token', 'AWS_SESSION_TOKEN'],
    [
      { type: 'gcpckms', project: 'p', region: 'r', keyRing: 'k', cryptoKey: 'c' },
      'credentials',
      'GOOGLE_APPLICATION_CREDENTIALS',
    ],
    [{ type: 'azurekeyvault', tenantId: 't', vaultName: 'v', keyName: 'k' }, 'clientSecret', 'AZURE_CLIENT_SECRET'],
    [{ type: 'pkcs11', lib: '/l', keyLabel: 'k' }, 'pin', 'BAO_HSM_PIN'],
  ])('a KMS seal like %j refuses the secret %s and names the variable to use', (props, name, variable) => {
    const withSecret = (): KmsSeal => new KmsSeal({ ...props, [name]: 'very-secret' });
    expect(withSecret).toThrow(new RegExp(`^seal "${props.type}" must not carry .* set ${variable}`));
    expect(withSecret).not.toThrow(/very-secret/);
  });

  it('a KMS seal requires its key', () => {
    expect(() => new KmsSeal({ type: 'awskms' } as KmsSealProps)).toThrow(
      'seal "awskms" needs "kms_key_id", got nothing; add what is missing',
    );
  });

  it('a KMS seal refuses an unknown type', () => {
    expect(() => new KmsSeal({ type: 'alicloudkms' } as unknown as KmsSealProps)).toThrow(
      'seal "alicloudkms" is not known; use one of "awskms", "gcpckms", "azurekeyvault", "ocikms", "pkcs11"',
    );
  });

  it("a KMS seal requires the plugin's command and checksum together", () => {
    expect(() => new KmsSeal({ type: 'awskms', kmsKeyId: 'k', pluginCommand: 'awskms' })).toThrow(
      'seal "awskms" needs pluginCommand and pluginSha256 together, got one; give both for OpenBao, and none for Vault',
    );
  });
});
