/** As `proxy-from-env`, by which requests to Vault find their proxy, compares host names. */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Keeps requests to this machine away from a proxy, as Terraform, `vault` and `bao` do by themselves: the proxy would
 * look for the server on its own machine, and see the token.
 *
 * @param env changed in place, for this process and those that it starts
 */
export function keepLoopbackDirect(env: NodeJS.ProcessEnv): void {
  if (!['http_proxy', 'https_proxy', 'all_proxy'].some((name) => env[name] || env[name.toUpperCase()])) {
    return;
  }
  const direct = env.no_proxy || env.NO_PROXY;
  if (direct !== '*') {
    env.no_proxy = env.NO_PROXY = [...(direct ? [direct] : []), ...LOOPBACK].join(',');
  }
}
