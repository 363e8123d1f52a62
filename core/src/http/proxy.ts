import { ExplainedError } from '../explained-error';

/**
 * Returns the proxy for a URL, by `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` of the environment.
 *
 * A loopback address never uses a proxy, as in Terraform, `vault` and `bao`. The proxy would connect to its own machine, and
 * see the token.
 *
 * @throws ExplainedError if the variable does not hold a usable proxy
 */
export async function proxyFor({ href, hostname, protocol }: URL): Promise<URL | undefined> {
  const name = [`${protocol.slice(0, -1)}_proxy`, 'all_proxy']
    .flatMap((each) => [each, each.toUpperCase()])
    .find((each) => process.env[each]);
  if (name === undefined || isLoopback(hostname)) {
    return undefined;
  }
  const { getProxyForUrl } = await import('proxy-from-env');
  return getProxyForUrl(href) === '' ? undefined : proxyUrl(name, process.env[name] ?? '');
}

/** Whether the host name of a URL means this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

function proxyUrl(name: string, value: string): URL {
  try {
    // The default scheme is http, as in curl.
    const url = new URL(value.includes('://') ? value : `http://${value}`);
    decodeURIComponent(`${url.username}${url.password}`);
    if (/^https?:$/.test(url.protocol)) {
      return url;
    }
  } catch {
    // The value is not a URL, or cannot be decoded. It is refused below.
  }
  // The value is not quoted, because it may contain a password.
  throw new ExplainedError(
    `${name} must be the http or https URL of a proxy, got something else; write it like "http://proxy.example:3128"`,
  );
}
