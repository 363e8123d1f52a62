import type { z } from 'zod';
import { ExplainedError } from '#core';
import { transitSeal } from '../../../lib/declaration/schema/server/seal-declaration';
import { Seal } from './seal';

export type TransitSealProps = Readonly<Omit<z.input<typeof transitSeal>, 'type'>>;

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
      transitSeal.shape,
      { mountPath: transitSeal.shape.mountPath.parse(undefined), ...props },
      { token: 'VAULT_TOKEN' },
    );
    if (!props.address.startsWith('https://')) {
      throw new ExplainedError(
        `seal "transit": address must be an https URL, got "${props.address}", by which the token and the root key would travel in clear text; use https`,
      );
    }
  }
}
