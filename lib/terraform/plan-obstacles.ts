import { clientSecretVariable, type Integration } from '../declaration/deployment';
import { vaultName } from '../declaration/vault-name';
import { isEngineMount } from './engine-mount';
import type { Plan, ResourceChange } from './plan';

/*
 * What in a plan itself would not end well, each as a line.
 */

/** @param environment that the plan is applied with */
export function planObstacles(
  { changes }: Plan,
  integrations: readonly Integration[],
  environment: NodeJS.ProcessEnv,
): string[] {
  const secrets = integrations.flatMap((integration) => {
    const written = changes.flatMap((change) => stepOf(change, integration));
    return written.length === 0
      ? []
      : ofSecret(integration, written.includes('secret') || written.every((step) => step === 'healing'), environment);
  });
  return [...secrets, ...ofPlugin(changes)];
}

type Step = 'gate' | 'entry' | 'secret' | 'healing';

/** The one of its steps that is done. */
function stepOf({ name, isCreated, isUpdated }: ResourceChange, integration: Integration): Step[] {
  const [, inVault, step] = /^integration-(.+)_(gate|entry|secret|healing)_[0-9A-F]{8}(?:_at_.+)?$/.exec(name) ?? [];
  return inVault === vaultName(integration) && (isCreated || isUpdated) ? [step as Step] : [];
}

function ofSecret({ name }: Integration, isWritten: boolean, environment: NodeJS.ProcessEnv): string[] {
  if (!isWritten) {
    return [
      `integration "${name}" would be left without its client secret, which is written apart; leave out what keeps Terraform from it, such as -target`,
    ];
  }
  const variable = `TF_VAR_${clientSecretVariable(name)}`;
  return environment[variable]
    ? []
    : [
        `the client secret of integration "${name}" is to be written, and ${variable} is not set; set it to the secret that Webex shows for it`,
      ];
}

/** Vault goes on running it until it starts it anew, and then does not know it. */
function ofPlugin(changes: readonly ResourceChange[]): string[] {
  const isMountKept = changes.some((change) => isEngineMount(change) && !change.isDeleted);
  const plugin = changes.find(({ type, isDeleted, isCreated }) => type === 'vault_plugin' && isDeleted && !isCreated);
  return plugin === undefined || !isMountKept
    ? []
    : [
        `the plugin would leave the catalog under the engine that runs it; if others register it from now on, have Terraform forget it first: state rm ${plugin.address}`,
      ];
}
