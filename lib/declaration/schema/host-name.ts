import { isIP } from 'node:net';

const HOST_NAME = /^(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*$/i;

/** An IP address such as 10.0.0.1 has the form of a host name, but is none. */
export function isHostName(text: string): boolean {
  return HOST_NAME.test(text) && isIP(text) === 0;
}

/** Host name or IP address of a URL. An IPv6 address has no brackets. */
export function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}

/** Host name or IP address, as a URL has it. */
export function urlHost(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}
