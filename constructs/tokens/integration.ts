import { GenericEndpoint } from '@cdktf/provider-vault/lib/generic-endpoint';
import type { Mount } from '@cdktf/provider-vault/lib/mount';
import { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import type { ResolvedIntegration } from '../../lib/declaration/resolved/resolved-integration';
import type { Engine } from './engine';
import { EntryWithSecret } from './entry-with-secret';
import { ForgottenResource } from './forgotten-resource';

export interface IntegrationProps extends Omit<ResolvedIntegration, 'keepsSecret'> {
  readonly engine: Engine;
  /** Mount for a second copy of the client secret. @default - no copy */
  readonly healingSecrets?: Mount;
  /** Variables `VAULT_ADDR` and `VAULT_NAMESPACE` for commands. They equal the provider's settings. @default - the environment's */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A Webex OAuth client in the engine. Its client secret is in no state, plan or log. */
export class Integration extends Construct {
  constructor(scope: Construct, id: string, props: IntegrationProps) {
    super(scope, id);
    const { vaultName, engine, healingSecrets } = props;

    // Id `Default` adds nothing to the addresses in Terraform's state.
    new EntryWithSecret(this, 'Default', {
      path: `${engine.mount.path}/servers/${vaultName}`,
      fields: props.entry,
      secret: props.secret,
      secretField: 'client_secret',
      secretVersion: props.clientSecretVersion,
      mountAccessor: engine.mount.accessor,
      environment: props.environment,
      beforeReferences: (entry) => this.#moveWith(engine, entry),
      copy: healingSecrets && {
        path: `${healingSecrets.path}/${vaultName}`,
        mountAccessor: healingSecrets.accessor,
      },
    });
  }

  /**
   * An entry moves with its mount. Terraform would delete the entry before the move, and if the move failed, the engine could
   * refresh nothing. So Terraform forgets the entry before the move, and writes it at another address after the move. The entry
   * returns to the usual address after the declaration has no move any more.
   */
  #moveWith({ declaredPath, movedFrom }: Engine, entry: GenericEndpoint): void {
    const usual = TerraformStack.of(this).getLogicalId(entry);
    const movedTo = (path: string): string => `${usual}_at_${path.replaceAll('-', '--').replaceAll('/', '-s')}`;
    const type = GenericEndpoint.tfResourceType;
    if (movedFrom === undefined) {
      entry.moveFromId(`${type}.${movedTo(declaredPath)}`);
    } else {
      entry.overrideLogicalId(movedTo(declaredPath));
      new ForgottenResource(this, 'before-move', { address: `${type}.${usual}` });
      new ForgottenResource(this, 'before-second-move', { address: `${type}.${movedTo(movedFrom)}` });
    }
  }
}
