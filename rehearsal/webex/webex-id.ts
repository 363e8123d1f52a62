/** An id as Webex writes it: base64 of `ciscospark://us/<kind>/<key>`, without padding. */
export function webexId(
  kind: 'APPLICATION' | 'AUTHORIZATION' | 'ORGANIZATION' | 'PEOPLE' | 'ROLE' | 'WEBHOOK',
  key: string,
): string {
  return Buffer.from(`ciscospark://us/${kind}/${key}`).toString('base64url');
}
