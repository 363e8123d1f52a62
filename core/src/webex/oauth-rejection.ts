/**
 * What Webex refused: the grant (or the code of one), the client that presented it, or the request itself.
 *
 * Where an integration has several client secrets, the engine tries each: `invalid_grant` among its words means that
 * one secret was accepted and the grant was not.
 *
 * @param said the engine's words, with the error codes of RFC 6749 in them
 * @returns undefined where they tell of no refusal
 * @see https://datatracker.ietf.org/doc/html/rfc6749#section-5.2
 */
export function whatWebexRefused(said: string): 'grant' | 'client' | 'request' | undefined {
  const codes = Array.from(said.matchAll(/server rejected request: (\w+)/g), ([, code]) => code ?? '');
  if (codes.includes('invalid_grant')) {
    return 'grant';
  }
  if (said.includes('missing client secret') || codes.some((code) => CLIENT_CODES.includes(code))) {
    return 'client';
  }
  return codes.length > 0 ? 'request' : undefined;
}

const CLIENT_CODES = ['invalid_client', 'unauthorized_client'];
