/*
 * Variables of Terraform's provider for Helm, so that kubectl reaches the same cluster.
 *
 * @see https://github.com/hashicorp/terraform-provider-helm/blob/v3.1.1/helm/provider.go
 * @see https://github.com/hashicorp/terraform-provider-helm/blob/v3.1.1/helm/kubeconfig.go
 */

/** Variables that give the provider another cluster or user. kubectl has them only on its command line. */
const OF_THE_PROVIDER_ALONE = [
  'KUBE_HOST',
  'KUBE_TOKEN',
  'KUBE_USER',
  'KUBE_PASSWORD',
  'KUBE_CLIENT_CERT_DATA',
  'KUBE_CLIENT_KEY_DATA',
  'KUBE_CLUSTER_CA_CERT_DATA',
  'KUBE_CTX_AUTH_INFO',
  'KUBE_CTX_CLUSTER',
  'KUBE_INSECURE',
  'KUBE_TLS_SERVER_NAME',
  'KUBE_PROXY_URL',
];

export function kubectlEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { KUBE_CONFIG_PATHS: paths } = environment;
  return paths === undefined || paths === '' ? environment : { ...environment, KUBECONFIG: paths };
}

/** The declared context comes first. @returns undefined for the current context of the kubeconfig */
export function contextOf(declared: string | undefined, { KUBE_CTX }: NodeJS.ProcessEnv): string | undefined {
  return declared ?? (KUBE_CTX === '' ? undefined : KUBE_CTX);
}

/** Names of the set variables by which Terraform may reach a cluster that kubectl does not. */
export function unknownToKubectl(environment: NodeJS.ProcessEnv): readonly string[] {
  return OF_THE_PROVIDER_ALONE.filter((name) => (environment[name] ?? '') !== '');
}

/** Kubeconfig and context that kubectl used, to follow its message. */
export function whereAsked(declared: string | undefined, environment: NodeJS.ProcessEnv): string {
  const [variable, files = ''] = environment.KUBE_CONFIG_PATHS
    ? ['KUBE_CONFIG_PATHS', environment.KUBE_CONFIG_PATHS]
    : ['KUBECONFIG', environment.KUBECONFIG];
  const context = contextOf(declared, environment);
  return `asked with ${files === '' ? '~/.kube/config' : `${variable}=${files}`} and ${
    context === undefined ? 'its current context' : `context "${context}"`
  }`;
}
