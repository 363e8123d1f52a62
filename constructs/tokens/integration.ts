import { GenericEndpoint } from '@cdktf/provider-vault/lib/generic-endpoint';
import {
  DataResource,
  type LocalExecProvisioner,
  type TerraformResource,
  TerraformStack,
  TerraformVariable,
  Token,
} from 'cdktf';
import { Construct } from 'constructs';
import type { z } from 'zod';
import { ExplainedError } from 'webex-token-client/core';
import { clientSecretVariable } from '../../lib/declaration/deployment';
import { integrationDeclaration } from '../../lib/declaration/integration-declaration';
import { integrationEntry } from '../../lib/declaration/integration-entry';
import { INTEGRATION_SECRET_ENVIRONMENT as ENVIRONMENT } from '../../lib/declaration/entry-secret-environment';
import { vaultName } from '../../lib/declaration/vault-name';
import { WEBEX_CLOUDS } from '../../lib/declaration/webex-cloud';
import type { Engine } from './engine';
import { ForgottenResource } from './forgotten-resource';
import { programCommand } from './program-command';

export interface IntegrationProps extends Readonly<Omit<z.input<typeof integrationDeclaration>, 'redirectUrl'>> {
  readonly engine: Engine;
  /** Base URL of the Webex API. @default "https://webexapis.com/v1" */
  readonly webexApiUrl?: string;
  /** Set for that command where the declaration names them, as Terraform's provider has them. @default - the environment's */
  readonly vaultAddress?: string;
  /** @default - the environment's */
  readonly vaultNamespace?: string;
}

/**
 * A Webex OAuth client in the engine, its secret kept out of state, plan and logs.
 *
 * The secret is an ephemeral variable: Terraform knows it only while it applies, and lets it into a provisioner's
 * environment alone. Three steps follow each other whenever a field or the secret's version changes, else none runs:
 * 1. the gate fails where the secret is missing, before anything is touched;
 * 2. the entry is written without the secret, by a resource that sees when its fields are changed behind our back;
 * 3. a command writes the entry again with the secret, as the plugin replaces the whole entry each time.
 *
 * @see https://developer.hashicorp.com/terraform/language/manage-sensitive-data/ephemeral
 */
export class Integration extends Construct {
  constructor(scope: Construct, id: string, props: IntegrationProps) {
    super(scope, id);
    const { name, engine } = props;
    const clientSecretVersion =
      props.clientSecretVersion ?? integrationDeclaration.shape.clientSecretVersion.parse(undefined);
    const webexApiUrl = props.webexApiUrl ?? WEBEX_CLOUDS.commercial.apiUrl;
    if (props.clientId === undefined) {
      throw new ExplainedError(
        `integration "${name}" has no client id; set WEBEX_CLIENT_ID (or its clientId in deployment.ts) to the one that Webex shows for it`,
      );
    }

    const path = `${engine.mountPath}/servers/${vaultName(props)}`;
    const entry = JSON.stringify(integrationEntry(props.clientId, webexApiUrl));

    const variable = clientSecretVariable(name);
    const secret = new TerraformVariable(this, 'client-secret', {
      type: 'string',
      sensitive: true,
      description: `Client secret of integration ${name}; needed when it has to be written, never stored`,
    });
    secret.overrideLogicalId(variable);
    // CDKTF has no prop for the one, and fails on null for the other.
    secret.addOverride('ephemeral', true);
    secret.addOverride('default', null);

    const stack = TerraformStack.of(this);
    const command = (step: 'check' | 'write', environment: Record<string, string>): LocalExecProvisioner => ({
      type: 'local-exec',
      command: programCommand(stack, 'write-entry', step),
      environment: {
        [ENVIRONMENT.integration]: name,
        [ENVIRONMENT.variable]: `TF_VAR_${variable}`,
        [ENVIRONMENT.clientSecret]: secret.stringValue,
        ...environment,
      },
    });

    const gate = new DataResource(this, 'gate', {
      // The accessor: in a mount created anew, the entry has to be written anew too.
      triggersReplace: { path, entry, mount: engine.mountAccessor, clientSecretVersion },
      provisioners: [command('check', {})],
    });

    const withoutSecret = new GenericEndpoint(this, 'entry', {
      path,
      dataJson: entry,
      ignoreAbsentFields: true,
      dependsOn: [gate],
    });
    this.#moveWith(engine, withoutSecret);

    new DataResource(this, 'secret', {
      // Known only afterwards where the entry is written anew, as when it was gone: replace_triggered_by ignores creation.
      triggersReplace: { written: withoutSecret.writeDataJson },
      lifecycle: { replaceTriggeredBy: [address(gate), address(withoutSecret)] },
      provisioners: [
        command('write', {
          [ENVIRONMENT.path]: path,
          [ENVIRONMENT.entry]: entry,
          ...(props.vaultAddress === undefined ? {} : { VAULT_ADDR: props.vaultAddress }),
          ...(props.vaultNamespace === undefined ? {} : { VAULT_NAMESPACE: props.vaultNamespace }),
        }),
      ],
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

/** CDKTF's own `fqn` is an expression; Terraform wants the bare address here. */
function address(resource: TerraformResource): string {
  return `${resource.terraformResourceType}.${resource.friendlyUniqueId}`;
}
