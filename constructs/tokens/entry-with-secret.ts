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
  /** All its fields but the secret. */
  readonly fields: object;
  readonly secret: ClientSecret;
  /** Name of the field that has the secret. */
  readonly secretField: string;
  /** Raise it when the secret changes. */
  readonly secretVersion: number;
  /** Text in place of the secret, if Vault requires one. @default - none */
  readonly placeholder?: string;
  /** Accessor of the mount. The entry is written again to a new mount. */
  readonly mountAccessor: string;
  /** Second entry with the secret alone, in the same field. @default - none */
  readonly copy?: {
    readonly path: string;
    /** Accessor of its mount. */
    readonly mountAccessor: string;
  };
  /** Changes the id of the entry before anything refers to it. @default - nothing */
  readonly beforeReferences?: (entry: GenericEndpoint) => void;
  /** Vault deletes the entry only with its mount. @default false */
  readonly goesWithMount?: boolean;
  /** `VAULT_ADDR` and `VAULT_NAMESPACE` of the command, as for Terraform's provider. @default - the environment's */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * An entry of Vault with a client secret, which is in no state, plan or log.
 *
 * The secret is an ephemeral variable: Terraform knows it only during an apply, and passes it only to the environment
 * of a provisioner. Three steps run if a field or the secret's version changes:
 * 1. the gate fails if the secret is missing, before anything is touched;
 * 2. the entry is written without the secret, by a resource that detects changes of its fields in Vault;
 * 3. a command writes the entry again with the secret, as each write replaces the whole entry.
 * The second step does not run if only the secret's version changes, and the entry works all the time.
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
      description: `Client secret of ${of.replaceAll('"', '')}; needed when it has to be written, never stored`,
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
      // Unknown during a plan that creates the entry: replace_triggered_by ignores creation.
      triggersReplace: { written: entry.writeDataJson },
      lifecycle: { replaceTriggeredBy: [gate, entry].map(resourceAddress) },
      provisioners: [write(path, fields)],
    });

    if (props.copy !== undefined) {
      const { path: kept, mountAccessor: mount } = props.copy;
      // A resource of its own: its end writes nothing else again, so it needs no secret.
      new DataResource(this, 'healing', {
        input: stepOf('copy'),
        triggersReplace: { kept, mount },
        lifecycle: { replaceTriggeredBy: [resourceAddress(written)] },
        provisioners: [write(kept, '{}')],
      });
    }
  }
}
