import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine, type VaultConnectionOptions } from '#core';
import { PLUGIN_RELOAD_ENVIRONMENT } from '../../declaration/command-environment';
import type { Deployment } from '../../declaration/schema/deployment';
import type { KubernetesServerDeclaration } from '../../declaration/schema/server/kubernetes-server-declaration';
import type { OperatorFolder } from '../../operators/operator-folder';
import { OperatorSession } from '../../operators/operator-session';
import { contextOf } from '../../server/kubernetes/kubectl-environment';
import { Preflight } from '../../terraform/preflight/preflight';
import type { TerraformRunner } from '../../terraform/terraform-runner';
import type { Selection } from './stack-command';
import { vaultVariables } from './vault-variables';

/** One stack, with everything that work on it needs. */
export interface StackWork {
  readonly stack: TerraformRunner;
  /** @default - the stack is not inside Vault */
  readonly preflight?: Preflight;
  /** Server of the stack, with the context that Terraform uses. @default - the stack has no server on Kubernetes */
  readonly onKubernetes?: KubernetesServerDeclaration;
  readonly deployment: Deployment;
  readonly connection: VaultConnectionOptions;
  /** Folder of the provisioner's login. */
  readonly operators: OperatorFolder;
  readonly signal: AbortSignal;
}

/**
 * Takes each stack in turn, until one fails.
 *
 * @param action gets a private folder for a plan; returns whether it succeeded
 * @returns whether all succeeded
 */
export async function eachStack(
  { stacks, loaded: { deployment, folder: home }, connection, operators }: Selection,
  signal: AbortSignal,
  action: (work: StackWork, folder: string) => Promise<boolean>,
): Promise<boolean> {
  const { server } = deployment.vault;
  for (const stack of stacks) {
    const options = { operators, roleFromEnvironment: true, signal };
    await using session = stack.isInVault ? await OperatorSession.open(connection, 'provisioner', options) : undefined;
    const work: StackWork = {
      stack:
        session === undefined
          ? stack
          : stack.with({
              ...vaultVariables(connection, session.token),
              [PLUGIN_RELOAD_ENVIRONMENT.resume]: commandLine('resume'),
            }),
      preflight: session && new Preflight(session.vault.endedBy(signal), deployment, home),
      onKubernetes:
        !stack.isInVault && server?.mode === 'kubernetes'
          ? { ...server, context: contextOf(server.context, process.env) }
          : undefined,
      deployment,
      connection,
      operators,
      signal,
    };
    const folder = mkdtempSync(join(tmpdir(), 'webex-token-vault-plan-'));
    try {
      if (!(await action(work, folder))) {
        return false;
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  return true;
}
