/**
 * For kubectl to go to the cluster that Terraform's provider of Helm goes to, where that is told by its own variable.
 *
 * @see https://github.com/hashicorp/terraform-provider-helm/blob/v3.1.1/helm/kubeconfig.go
 */
export function kubectlEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { KUBE_CONFIG_PATHS: paths } = environment;
  return paths === undefined || paths === '' ? environment : { ...environment, KUBECONFIG: paths };
}
