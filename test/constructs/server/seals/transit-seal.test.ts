import { TransitSeal, type TransitSealProps } from '../../../../constructs/server/seals/transit-seal';

const PROPS: TransitSealProps = { address: 'https://vault.example.com:8200', keyName: 'unseal' };

describe('TransitSeal', () => {
  it('passes its settings on', () => {
    expect(new TransitSeal({ ...PROPS, namespace: 'team', disableRenewal: true }).stanza).toEqual({
      address: 'https://vault.example.com:8200',
      key_name: 'unseal',
      mount_path: 'transit/',
      namespace: 'team',
      disable_renewal: 'true',
    });
  });

  it('refuses a token, and says where it belongs without repeating it', () => {
    const props = { ...PROPS, token: 'hvs.secret' };
    expect(() => new TransitSeal(props)).toThrow(
      /^seal "transit" must not carry token, .*; leave it out and set VAULT_TOKEN in the environment of the server$/,
    );
    expect(() => new TransitSeal(props)).not.toThrow(/hvs\.secret/);
  });

  it('refuses to skip verification', () => {
    const props = { ...PROPS, tlsSkipVerify: true };
    expect(() => new TransitSeal(props)).toThrow(
      'seal "transit" must verify the certificate of the other server, got tlsSkipVerify; leave it out and give its CA as tlsCaCert',
    );
  });

  it('refuses plain HTTP', () => {
    expect(() => new TransitSeal({ ...PROPS, address: 'http://vault.example.com:8200' })).toThrow(
      /^seal "transit": address must be an https URL, got "http:.*; use https$/,
    );
  });

  it('refuses a setting that it does not know', () => {
    const props = { ...PROPS, keyname: 'unseal' };
    expect(() => new TransitSeal(props)).toThrow(
      /^seal "transit" has no setting "keyname"; it has "address", "key_name"/,
    );
  });
});
