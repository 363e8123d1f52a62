import { TransitSeal, type TransitSealProps } from '../../../../constructs/server/seals/transit-seal';

const PROPS: TransitSealProps = { address: 'https://vault.example.com:8200', keyName: 'unseal' };

describe('TransitSeal', () => {
  it('a transit seal passes on its settings', () => {
    expect(new TransitSeal({ ...PROPS, namespace: 'team', disableRenewal: true }).stanza).toEqual({
      address: 'https://vault.example.com:8200',
      key_name: 'unseal',
      mount_path: 'transit/',
      namespace: 'team',
      disable_renewal: 'true',
    });
  });

  it('a transit seal refuses a token without repeating it, and names the variable to use', () => {
    const props = { ...PROPS, token: 'hvs.secret' };
    expect(() => new TransitSeal(props)).toThrow(
      /^seal "transit" must not carry token, .*; leave it out and set VAULT_TOKEN in the environment of the server$/,
    );
    expect(() => new TransitSeal(props)).not.toThrow(/hvs\.secret/);
  });

  it('a transit seal refuses to skip TLS verification', () => {
    const props = { ...PROPS, tlsSkipVerify: true };
    expect(() => new TransitSeal(props)).toThrow(
      'seal "transit" must verify the certificate of the other server, got tlsSkipVerify; leave it out and give its CA as tlsCaCert',
    );
  });

  it('a transit seal refuses plain HTTP', () => {
    expect(() => new TransitSeal({ ...PROPS, address: 'http://vault.example.com:8200' })).toThrow(
      /^seal "transit": address must be an https URL, got "http:.*; use https$/,
    );
  });

  it('a transit seal refuses an unknown setting', () => {
    const props = { ...PROPS, keyname: 'unseal' };
    expect(() => new TransitSeal(props)).toThrow(
      /^seal "transit" has no setting "keyname"; it has "address", "key_name"/,
    );
  });
});
