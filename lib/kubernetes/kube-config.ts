/*
 * Which kubeconfig: kubectl and Terraform's provider of Helm know it by different variables, and have to go to the same
 * cluster. The provider's own KUBE_CONFIG_PATHS wins, as it does there over what the stack says.
 *
 * @see https://github.com/hashicorp/terraform-provider-helm/blob/v3.1.1/helm/kubeconfig.go
 */

/** @returns for the environment of Terraform; nothing where it is the one in the home folder */
export function terraformKubeConfig(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const paths = kubeConfigPaths(environment);
  return paths === undefined ? {} : { KUBE_CONFIG_PATHS: paths };
}

/** @returns the environment of kubectl */
export function kubectlEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const paths = kubeConfigPaths(environment);
  return paths === undefined ? environment : { ...environment, KUBECONFIG: paths };
}

function kubeConfigPaths({
  KUBE_CONFIG_PATHS: paths,
  KUBE_CONFIG_PATH: path,
  KUBECONFIG: ofKubectl,
}: NodeJS.ProcessEnv): string | undefined {
  return [paths, path, ofKubectl].find((each) => each !== undefined && each !== '');
}
