/**
 * The part of an id that is the same in each way that Webex shows it: a UUID or a client id, or the base64 of an address
 * that ends with it.
 */
export function webexKey(id: string): string {
  const decoded = Buffer.from(id, 'base64url').toString();
  return (decoded.startsWith('ciscospark://') ? decoded : id).replace(/^.*\//, '').toLowerCase();
}
