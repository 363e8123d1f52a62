import { delimiter, resolve } from 'node:path';

/**
 * What tells Helm's provider of the cluster that `kubectl` would take: it does not know `KUBECONFIG`. Absolute, as
 * Terraform runs in another folder.
 */
export function kubeconfigVariables(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const files = (env.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '');
  if (env.KUBE_CONFIG_PATHS || files.length === 0) {
    return {};
  }
  return { KUBE_CONFIG_PATHS: files.map((file) => resolve(file)).join(delimiter) };
}
