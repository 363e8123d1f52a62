import type { DeclaredSecret } from '../declaration/derived/client-secret';
import { isEngineMount } from './engine-mount';
import type { Plan, ResourceChange } from './plan';

/*
 * What in a plan itself would not end well, each as a line.
 */

/** Names of the Terraform variables whose secrets the plan writes. */
export function writtenVariables({ changes }: Plan, secrets: readonly DeclaredSecret[]): string[] {
  return secrets
    .filter((secret) =>
      changes.some((change) => stepOf(change, secret).some((step) => step === 'secret' || step === 'healing')),
    )
    .map(({ variable }) => variable);
}

/** @param environment that the plan is applied with */
export function planObstacles(
  { changes }: Plan,
  secrets: readonly DeclaredSecret[],
  environment: NodeJS.ProcessEnv,
): string[] {
  const ofSecrets = secrets.flatMap((secret) => {
    const written = changes.flatMap((change) => stepOf(change, secret));
    return written.length === 0
      ? []
      : ofSecret(secret, written.includes('secret') || written.every((step) => step === 'healing'), environment);
  });
  return [...ofSecrets, ...ofPlugin(changes)];
}

type Step = 'gate' | 'entry' | 'secret' | 'healing';

/** The one of its steps that is done. */
function stepOf({ name, isCreated, isUpdated }: ResourceChange, secret: DeclaredSecret): Step[] {
  const [, id, step] = /^(.+)_(gate|entry|secret|healing)_[0-9A-F]{8}(?:_at_.+)?$/.exec(name) ?? [];
  return id === secret.constructId && (isCreated || isUpdated) ? [step as Step] : [];
}

function ofSecret(
  { of, shownBy, variable }: DeclaredSecret,
  isWritten: boolean,
  environment: NodeJS.ProcessEnv,
): string[] {
  if (!isWritten) {
    return [
      `${of} would be left without its client secret, which is written apart; leave out what keeps Terraform from it, such as -target`,
    ];
  }
  const set = `TF_VAR_${variable}`;
  return environment[set]
    ? []
    : [
        `the client secret of ${of} is to be written, and ${set} is not set; set it to the secret that ${shownBy} shows for it`,
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
