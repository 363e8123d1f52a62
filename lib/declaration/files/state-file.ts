import { isAbsolute, join } from 'node:path';
import type { Deployment } from '../schema/deployment';
import type { LoadedDeployment } from './load-deployment';

/** Name of the deployment that `deployment.ts` declares. */
export const DEFAULT_NAME = 'deployment';

/** File name of a stack's state, if no backend is declared. */
export function stateFileName(deploymentName: string, stack: string): string {
  const middle = deploymentName === DEFAULT_NAME ? [] : [deploymentName];
  return ['terraform', ...middle, stack, 'tfstate'].join('.');
}

/** Replaces `{stack}` and `{deployment}` in each text of a backend's settings. */
export function backendSettings<Settings>(settings: Settings, deploymentName: string, stack: string): Settings {
  const filled = JSON.stringify(settings, (_, value: unknown) =>
    typeof value === 'string' ? value.replaceAll('{stack}', stack).replaceAll('{deployment}', deploymentName) : value,
  );
  return JSON.parse(filled) as Settings;
}

/** Names of the stacks, in the order of their deployment. */
export function stackNames({ vault }: Deployment): string[] {
  return [...(vault.server === undefined ? [] : ['vault-server']), 'webex-tokens'];
}

/** @returns undefined if the state is in no file of this machine, or in a file that Terraform chooses */
export function localStateFile({ deployment, folder, name }: LoadedDeployment, stack: string): string | undefined {
  const { backend } = deployment;
  if (backend === undefined) {
    return join(folder, stateFileName(name, stack));
  }
  const { path } = backendSettings(backend.config, name, stack);
  return backend.type === 'local' && typeof path === 'string' && isAbsolute(path) ? path : undefined;
}
