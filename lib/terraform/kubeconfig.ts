import { delimiter, resolve } from 'node:path';

/**
 * Variables that point Helm's provider to the cluster of `kubectl`, because it ignores `KUBECONFIG`. Paths are absolute,
 * because Terraform runs in another folder.
 */
export function kubeconfigVariables(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const files = (env.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '');
  if (env.KUBE_CONFIG_PATHS || files.length === 0) {
    return {};
  }
  return { KUBE_CONFIG_PATHS: files.map((file) => resolve(file)).join(delimiter) };
}
