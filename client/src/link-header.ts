/** `<target>` and the parameters after it; commas and semicolons may stand in either, if quoted or in brackets. */
const LINK = /<([^>]*)>((?:\s*;\s*[^\s=;,]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)*)/g;
const PARAMETER = /;\s*([^\s=;,]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/g;

/**
 * The next page that a `Link` header names, if it is at the origin of this one: another would get the token.
 *
 * @see RFC 5988 (8288), and https://developer.webex.com/docs/basics#pagination
 */
export function nextPage(header: string | null, current: URL): URL | undefined {
  for (const [, target = '', parameters = ''] of (header ?? '').matchAll(LINK)) {
    const relation = [...parameters.matchAll(PARAMETER)].find(([, name]) => name?.toLowerCase() === 'rel');
    const relations = (relation?.[2] ?? relation?.[3] ?? '').toLowerCase().split(/\s+/);
    if (relations.includes('next') && URL.canParse(target, current.href)) {
      const next = new URL(target, current);
      return next.origin === current.origin ? next : undefined;
    }
  }
  return undefined;
}
