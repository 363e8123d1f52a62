/**
 * The proxy that the environment names for a URL, by `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`.
 *
 * Never for this machine, as with Terraform, `vault` and `bao`: the proxy would look for the server on its own machine,
 * and see the token.
 */
export async function proxyFor({ href, hostname }: URL): Promise<string | undefined> {
  if (isLoopback(hostname) || !VARIABLES.some((name) => process.env[name] || process.env[name.toUpperCase()])) {
    return undefined;
  }
  const { getProxyForUrl } = await import('proxy-from-env');
  return getProxyForUrl(href) || undefined;
}

/** Whether a URL's host name is this machine's own. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

const VARIABLES = ['http_proxy', 'https_proxy', 'all_proxy'];
