import { GenericEndpoint } from '@cdktf/provider-vault/lib/generic-endpoint';
import { DataResource, type LocalExecProvisioner, TerraformStack, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { ENTRY_SECRET_ENVIRONMENT as ENVIRONMENT } from '../../lib/declaration/command-environment';
import type { ClientSecret, SecretStep } from '../../lib/declaration/derived/client-secret';
import { resourceAddress } from '../terraform-text';
import { programCommand } from '../output-path';

export interface EntryWithSecretProps {
  /** Path of the entry, like `oauthapp/servers/webex-myapp`. */
  readonly path: string;
  /** All fields of the entry except the secret. */
  readonly fields: object;
  readonly secret: ClientSecret;
  /** Name of the field that has the secret. */
  readonly secretField: string;
  /** Version of the secret. A higher version makes an apply write the secret again. */
  readonly secretVersion: number;
  /** Text in place of the secret, if Vault requires one. @default - none */
  readonly placeholder?: string;
  /** Accessor of the mount. A new mount gets the entry again. */
  readonly mountAccessor: string;
  /** Second entry with the secret alone, in the same field. @default - none */
  readonly copy?: {
    readonly path: string;
    /** Accessor of the copy's mount. */
    readonly mountAccessor: string;
  };
  /** Called before anything refers to the entry, so it may change the entry's id. @default - the id stays */
  readonly beforeReferences?: (entry: GenericEndpoint) => void;
  /** Vault deletes the entry only with its mount. @default false */
  readonly goesWithMount?: boolean;
  /** Variables `VAULT_ADDR` and `VAULT_NAMESPACE` for commands. They equal the provider's settings. @default - the environment's */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * An entry in Vault with a client secret. The secret is in no state, plan or log.
 *
 * The secret is an ephemeral variable. Terraform knows it only during an apply, and passes it only to the environment of a
 * provisioner. Three steps run if a field or the version of the secret changes:
 * 1. The gate fails if the secret is missing. Nothing is changed before.
 * 2. A resource writes the entry without the secret. It detects changes of the fields in Vault.
 * 3. A command writes the entry again with the secret, because each write replaces the whole entry.
 * If only the version of the secret changes, step 2 does not run, and the entry works all the time.
 *
 * @see https://developer.hashicorp.com/terraform/language/manage-sensitive-data/ephemeral
 */
export class EntryWithSecret extends Construct {
  constructor(scope: Construct, id: string, props: EntryWithSecretProps) {
    super(scope, id);
    const { path, secretField, placeholder, secretVersion: clientSecretVersion } = props;
    const fields = JSON.stringify(props.fields);
    const { variable, of, shownBy } = props.secret;
    const secret = new TerraformVariable(this, 'client-secret', {
      type: 'string',
      sensitive: true,
      description: `Client secret of ${of.replaceAll('"', '')}; needed if a deploy writes it, and never stored`,
    });
    secret.overrideLogicalId(variable);
    // CDKTF has no prop `ephemeral`, and fails on a default of null.
    secret.addOverride('ephemeral', true);
    secret.addOverride('default', null);

    const stack = TerraformStack.of(this);
    const command = (step: 'check' | 'write', environment: Record<string, string>): LocalExecProvisioner => ({
      type: 'local-exec',
      command: programCommand(stack, 'internal', 'write-entry', step),
      environment: {
        [ENVIRONMENT.of]: of,
        [ENVIRONMENT.shownBy]: shownBy,
        [ENVIRONMENT.variable]: `TF_VAR_${variable}`,
        [ENVIRONMENT.secret]: secret.stringValue,
        ...environment,
      },
    });

    const stepOf = (step: SecretStep['step']): SecretStep => ({ entry: path, step });
    const gate = new DataResource(this, 'gate', {
      input: stepOf('gate'),
      triggersReplace: { path, entry: fields, mount: props.mountAccessor, clientSecretVersion },
      provisioners: [command('check', {})],
    });

    const entry = new GenericEndpoint(this, 'entry', {
      path,
      dataJson: placeholder === undefined ? fields : JSON.stringify({ ...props.fields, [secretField]: placeholder }),
      ignoreAbsentFields: true,
      ...(props.goesWithMount ? { disableDelete: true } : {}),
      dependsOn: [gate],
    });
    props.beforeReferences?.(entry);

    const write = (at: string, others: string): LocalExecProvisioner =>
      command('write', {
        [ENVIRONMENT.path]: at,
        [ENVIRONMENT.fields]: others,
        [ENVIRONMENT.secretField]: secretField,
        ...props.environment,
      });
    const written = new DataResource(this, 'secret', {
      input: stepOf('secret'),
      // Unknown in a plan that creates the entry. It is needed, because replace_triggered_by ignores a creation.
      triggersReplace: { written: entry.writeDataJson },
      lifecycle: { replaceTriggeredBy: [gate, entry].map(resourceAddress) },
      provisioners: [write(path, fields)],
    });

    if (props.copy !== undefined) {
      const { path: kept, mountAccessor: mount } = props.copy;
      // The copy is a resource of its own. Its removal then writes nothing again, so it needs no secret.
      new DataResource(this, 'healing', {
        input: stepOf('copy'),
        triggersReplace: { kept, mount },
        lifecycle: { replaceTriggeredBy: [resourceAddress(written)] },
        provisioners: [write(kept, '{}')],
      });
    }
  }
}
