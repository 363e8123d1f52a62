import { ExplainedError } from '../explained-error';

/**
 * The proxy that the environment names for a URL, by `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`.
 *
 * Never for this machine, as with Terraform, `vault` and `bao`: the proxy would look for the server on its own machine,
 * and see the token.
 *
 * @throws ExplainedError where it is not one that can be used
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

/** Whether a URL's host name is this machine's own. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

function proxyUrl(name: string, value: string): URL {
  // Without a scheme it is http, as with curl.
  const text = value.includes('://') ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || !isDecodable(`${url.username}${url.password}`)) {
    // It is not quoted: there may be a password in it.
    throw new ExplainedError(
      `${name} must be the http or https URL of a proxy, got something else; write it like "http://proxy.example:3128"`,
    );
  }
  return url;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
