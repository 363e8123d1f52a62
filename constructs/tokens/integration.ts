import { GenericEndpoint } from '@cdktf/provider-vault/lib/generic-endpoint';
import { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import type { ResolvedIntegration } from '../../lib/declaration/resolved/resolved-integration';
import { healingSecretPath } from '../../lib/declaration/schema/healing-path';
import type { Engine } from './engine';
import { EntryWithSecret } from './entry-with-secret';
import { ForgottenResource } from './forgotten-resource';
import type { HealingSecrets } from './healing-secrets';

export interface IntegrationProps extends Omit<ResolvedIntegration, 'keepsSecret'> {
  readonly engine: Engine;
  /** Path at which a second copy of the client secret is kept. @default - no copy is kept */
  readonly healingSecrets?: HealingSecrets;
  /** Set for the command that writes the secret, as Terraform's provider has it. @default - the environment's */
  readonly vaultAddress?: string;
  /** @default - the environment's */
  readonly vaultNamespace?: string;
}

/** A Webex OAuth client in the engine, its secret kept out of state, plan and logs. */
export class Integration extends Construct {
  constructor(scope: Construct, id: string, props: IntegrationProps) {
    super(scope, id);
    const { vaultName, engine, healingSecrets } = props;

    // Without an id of its own: the integration names the resources in Terraform's state.
    new EntryWithSecret(this, 'Default', {
      path: `${engine.mount.path}/servers/${vaultName}`,
      fields: props.entry,
      secret: props.secret,
      secretField: 'client_secret',
      secretVersion: props.clientSecretVersion,
      mountAccessor: engine.mount.accessor,
      vaultAddress: props.vaultAddress,
      vaultNamespace: props.vaultNamespace,
      beforeReferences: (entry) => this.#moveWith(engine, entry),
      copy: healingSecrets && {
        id: 'healing',
        path: healingSecretPath(healingSecrets.path, vaultName),
        mountAccessor: healingSecrets.accessor,
      },
    });
  }

  /**
   * Where the mount moves, the entry moves in it, and Terraform would delete it before: then nothing could be refreshed
   * should the move fail. So Terraform forgets it, and writes it anew at an address of its own once the mount is there,
   * which becomes the usual one when the move is declared no more.
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
