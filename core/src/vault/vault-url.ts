import { ExplainedError } from '../explained-error';
import { oneLine } from '../safe-text';

/**
 * Where a path of Vault's API is.
 *
 * @param address that of the server, with the path of a proxy before it perhaps
 * @throws ExplainedError where the address is no URL, or the path would become another one in it, as by `..`
 */
export function vaultUrl(address: string, path: string): URL {
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw new ExplainedError(
      `the address of Vault must be an http or https URL, got "${oneLine(withoutCredentials(address))}"; write it like "https://vault.example:8200"`,
    );
  }
  const root = `${new URL(address).href.replace(/\/+$/, '')}/v1/`;
  const url = new URL(root + path);
  if (url.hash !== '' || !url.href.startsWith(root) || decoded(url.href.slice(root.length)) !== decoded(path)) {
    throw new ExplainedError(
      `Vault is not asked for "${oneLine(path)}", since a URL makes another path of it; give names without "..", "#" and control characters`,
    );
  }
  return url;
}

/** Without user and password, for messages. */
export function withoutCredentials(address: string): string {
  return address.replace(/^(\w+:\/\/)?[^/]*@/, '$1');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
