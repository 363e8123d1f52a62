import { isAbsolute, join } from 'node:path';
import type { Deployment } from '../schema/deployment';
import type { LoadedDeployment } from './load-deployment';

/** Name of the deployment that `deployment.ts` declares. */
export const DEFAULT_NAME = 'deployment';

/** File name of a stack's state without a declared backend. */
export function stateFileName(deploymentName: string, stack: string): string {
  const middle = deploymentName === DEFAULT_NAME ? [] : [deploymentName];
  return ['terraform', ...middle, stack, 'tfstate'].join('.');
}

/** Value of each `{placeholder}` in the settings of a backend. */
export function backendPlaceholders(deploymentName: string, stack: string): Readonly<Record<string, string>> {
  return { stack, deployment: deploymentName };
}

/** Names of the stacks, in the order in which they are deployed. */
export function stackNames({ vault }: Deployment): string[] {
  return [...(vault.server === undefined ? [] : ['vault-server']), 'webex-tokens'];
}

/** @returns undefined if the state is on no file of this machine, or in one that Terraform chose */
export function localStateFile({ deployment, folder, name }: LoadedDeployment, stack: string): string | undefined {
  const { backend } = deployment;
  if (backend === undefined) {
    return join(folder, stateFileName(name, stack));
  }
  const path = backend.type === 'local' ? backend.config.path : undefined;
  if (typeof path !== 'string' || !isAbsolute(path)) {
    return undefined;
  }
  return Object.entries(backendPlaceholders(name, stack)).reduce(
    (filled, [placeholder, word]) => filled.replaceAll(`{${placeholder}}`, word),
    path,
  );
}
