/*
 * A client that finds the authorization server of an upstream ignores its configured header, and asks a person for a grant of its
 * own. The proxy has a grant already. So it hides the documents, and the header that names them.
 */

/** Documents of RFC 9728, RFC 8414 and OpenID Connect, alone and with the path of a resource. */
const DOCUMENT =
  /^\/\.well-known\/(?:oauth-protected-resource|oauth-authorization-server|openid-configuration)(?:\/|$)|\/\.well-known\/openid-configuration$/;

/** Whether a client looks for an authorization server. @param path decoded, without its query */
export function isOauthDiscovery(path: string): boolean {
  return DOCUMENT.test(path);
}

const PARAMETER = String.raw`resource_metadata\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s,"]*)`;
const FURTHER = new RegExp(String.raw`\s*,\s*${PARAMETER}`, 'gi');
const FIRST = new RegExp(String.raw`\s+${PARAMETER}(?:\s*,\s*)?`, 'gi');

/** Returns a header `WWW-Authenticate` without the place of the documents. Its error and scope stay. */
export function withoutDiscovery(challenge: string): string {
  return challenge.replace(FURTHER, '').replace(FIRST, ' ').trim();
}
