import { Lazy } from 'cdktf';
import type { Deployment } from '../lib/declaration/schema/deployment';

/** A variable in Terraform's JSON. */
export interface EjectedVariable {
  readonly type: 'string';
  readonly description: string;
  /** Value of today. @default - none: a plan needs a value */
  readonly default?: string;
  readonly validation?: readonly { readonly condition: string; readonly error_message: string }[];
}

export interface DeploymentOfVariables {
  /** The deployment with references in place of its values. */
  readonly deployment: Deployment;
  readonly variables: Readonly<Record<string, EjectedVariable>>;
}

const OIDC_CLIENT_ID = 'operators_oidc_client_id';

/** Replaces the values that differ between places by variables of Terraform, whose defaults are the values. */
export function withVariables(deployment: Deployment): DeploymentOfVariables {
  const variables: Record<string, EjectedVariable> = {};
  const reference = (name: string, variable: Omit<EjectedVariable, 'type'>): string => {
    variables[name] = { type: 'string', ...variable };
    return Lazy.stringValue({ produce: () => `\${var.${name}}` });
  };
  const clientId = (name: string, of: string, value: string | undefined): string | undefined =>
    value === undefined || isPlain(value)
      ? reference(name, { description: `Client id of ${of}`, default: value, validation: [plainClientId(name)] })
      : value;

  const { vault, integrations, operators } = deployment;
  const address = reference('vault_address', { description: 'Address of Vault', default: vault.address });
  const namespace =
    vault.namespace &&
    reference('vault_namespace', { description: 'Namespace of the engine in Vault', default: vault.namespace });
  return {
    // Without a server, the stack takes the address in the deployment, and not the one in the environment.
    deployment: {
      ...deployment,
      vault: { address, namespace },
      integrations: integrations.map((integration) => ({
        ...integration,
        clientId: clientId(
          `${integration.name.replaceAll('-', '_')}_client_id`,
          `integration ${integration.name}`,
          integration.clientId,
        ),
      })),
      operators: operators?.oidc && {
        ...operators,
        oidc: {
          ...operators.oidc,
          clientId:
            clientId(OIDC_CLIENT_ID, 'Vault at the identity provider', operators.oidc.clientId) ??
            operators.oidc.clientId,
        },
      },
    },
    variables,
  };
}

/** Whether JSON has the text as it is. The stack has client ids in texts of JSON, in which Terraform escapes no variable. */
function isPlain(text: string): boolean {
  return JSON.stringify(text) === `"${text}"`;
}

function plainClientId(name: string) {
  return {
    condition: `\${can(regex(${String.raw`"^[^\"\\\\[:cntrl:]]+$"`}, var.${name}))}`,
    error_message: 'The client id must be a text without quotation marks, backslashes and line ends.',
  };
}
