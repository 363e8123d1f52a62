import { ExplainedError } from 'webex-token-client/core';
import { Seal } from './seal';

export interface TransitSealProps {
  /** The other Vault or OpenBao server, https. */
  readonly address: string;
  /** Name of its transit key. */
  readonly keyName: string;
  /** Where its transit engine is mounted. @default "transit/" */
  readonly mountPath?: string;
  /** Its namespace. @default - the root namespace */
  readonly namespace?: string;
  /** The token is kept alive by something else. @default false */
  readonly disableRenewal?: boolean;
  /** PEM file of the CA that signed its certificate. @default - the system's CAs */
  readonly tlsCaCert?: string;
  /** PEM file of a certificate to show to it. @default - none */
  readonly tlsClientCert?: string;
  /** PEM file of the key of that certificate. @default - none */
  readonly tlsClientKey?: string;
  /** Host name in its certificate. @default - that of the address */
  readonly tlsServerName?: string;
}

/**
 * Another Vault or OpenBao server unseals this one. Its token comes from the environment of this server.
 *
 * @see https://openbao.org/docs/configuration/seal/transit/
 * @see https://developer.hashicorp.com/vault/docs/configuration/seal/transit
 */
export class TransitSeal extends Seal {
  constructor(props: TransitSealProps) {
    if ('tlsSkipVerify' in props || 'tls_skip_verify' in props) {
      throw new ExplainedError(
        'seal "transit" must verify the certificate of the other server, got tlsSkipVerify; leave it out and give its CA as tlsCaCert',
      );
    }
    super(
      'transit',
      { mountPath: 'transit/', ...props },
      {
        required: ['address', 'key_name', 'mount_path'],
        optional: [
          'namespace',
          'disable_renewal',
          'tls_ca_cert',
          'tls_client_cert',
          'tls_client_key',
          'tls_server_name',
        ],
        secrets: { token: 'VAULT_TOKEN' },
      },
    );
    if (!props.address.startsWith('https://')) {
      throw new ExplainedError(
        `seal "transit": address must be an https URL, got "${props.address}", by which the token and the root key would travel in clear text; use https`,
      );
    }
  }
}
