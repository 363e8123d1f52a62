/** `<target>` and the parameters after it; commas and semicolons may stand in either, if quoted or in brackets. */
const LINK = /<([^>]*)>((?:\s*;\s*[^\s=;,]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)*)/g;
const RELATION = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]*))/i;

/**
 * The next page that a `Link` header names, if it is at the origin of this one: another would get the token.
 *
 * @see RFC 5988 (8288), and https://developer.webex.com/docs/basics#pagination
 */
export function nextPage(header: string | null, current: URL): URL | undefined {
  for (const [, target = '', parameters = ''] of (header ?? '').matchAll(LINK)) {
    const [, quoted, plain = ''] = RELATION.exec(parameters) ?? [];
    const relations = (quoted ?? plain).toLowerCase().split(/\s+/);
    if (relations.includes('next') && URL.canParse(target, current.href)) {
      const next = new URL(target, current);
      return next.origin === current.origin ? next : undefined;
    }
  }
  return undefined;
}
