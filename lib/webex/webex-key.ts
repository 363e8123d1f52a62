/** The key of an object of Webex. Webex shows the key itself, such as a UUID, or the base64 of an address that ends with it. */
export function webexKey(id: string): string {
  const decoded = Buffer.from(id, 'base64url').toString();
  return (decoded.startsWith('ciscospark://') ? decoded : id).replace(/^.*\//, '').toLowerCase();
}
