import { GenericEndpoint } from '@cdktf/provider-vault/lib/generic-endpoint';
import { TerraformStack, Token } from 'cdktf';
import { Construct } from 'constructs';
import type { z } from 'zod';
import { ExplainedError } from '#core';
import { integrationSecret } from '../../lib/declaration/derived/client-secret';
import { declaringFile } from '../../lib/declaration/deployment-file';
import { integrationDeclaration } from '../../lib/declaration/schema/integration-declaration';
import { integrationEntry } from '../../lib/declaration/derived/integration-entry';
import { nameInVault } from '../../lib/declaration/schema/vault-name';
import { WEBEX_CLOUDS } from '../../lib/declaration/schema/webex-cloud';
import { healingSecretPath } from '../../lib/declaration/schema/healing-path';
import type { Engine } from './engine';
import { EntryWithSecret } from './entry-with-secret';
import type { HealingSecrets } from './healing-secrets';
import { ForgottenResource } from './forgotten-resource';

export interface IntegrationProps extends Readonly<Omit<z.input<typeof integrationDeclaration>, 'redirectUrl'>> {
  readonly engine: Engine;
  /** Base URL of the Webex API. @default "https://webexapis.com/v1" */
  readonly webexApiUrl?: string;
  /** Where its client secret is kept for healing, too. @default - it is not */
  readonly healingSecrets?: HealingSecrets;
  /** Set for the command that writes the secret where the declaration names them, as Terraform's provider has them. @default - the environment's */
  readonly vaultAddress?: string;
  /** @default - the environment's */
  readonly vaultNamespace?: string;
}

/** A Webex OAuth client in the engine, its secret kept out of state, plan and logs. */
export class Integration extends Construct {
  constructor(scope: Construct, id: string, props: IntegrationProps) {
    super(scope, id);
    const { name, engine, healingSecrets } = props;
    const clientSecretVersion =
      props.clientSecretVersion ?? integrationDeclaration.shape.clientSecretVersion.parse(undefined);
    const webexApiUrl = props.webexApiUrl ?? WEBEX_CLOUDS.commercial.apiUrl;
    if (props.clientId === undefined) {
      throw new ExplainedError(
        `integration "${name}" has no clientId in ${declaringFile()}; give it the one that Webex shows, or set the environment variable that it is read from`,
      );
    }

    // Without an id of its own: what Terraform has in its states is named by the integration.
    new EntryWithSecret(this, 'Default', {
      path: `${engine.mountPath}/servers/${nameInVault(props)}`,
      fields: integrationEntry(props.clientId, webexApiUrl),
      secret: integrationSecret(name),
      secretField: 'client_secret',
      secretVersion: clientSecretVersion,
      mountAccessor: engine.mountAccessor,
      vaultAddress: props.vaultAddress,
      vaultNamespace: props.vaultNamespace,
      beforeReferences: (entry) => this.#moveWith(engine, entry),
      copy:
        healingSecrets === undefined
          ? undefined
          : {
              id: 'healing',
              path: healingSecretPath(healingSecrets.path, nameInVault(props)),
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
    if (Token.isUnresolved(declaredPath)) {
      return;
    }
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
