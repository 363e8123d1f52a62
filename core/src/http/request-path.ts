/*
 * Paths of requests as every server reads them. A rule that allows a request compares this path, and the upstream gets the
 * original target. Servers disagree about some targets, such as `/a/..%2fb`, so those have no path here.
 */

/** A path without escapes, whose segments do not begin with a dot. Nearly all requests have one. */
const PLAIN_PATH = /^(?:\/[\w!$&'()*+,=:@~-][\w!$&'()*+,=:@~.-]*)*\/?$/;

/** Path characters of RFC 3986 without ";", which begins a parameter for some servers, and is a letter for others. */
const ESCAPED_PATH = /^\/(?:[\w!$&'()*+,=:@~./-]|%[\dA-Fa-f]{2})*$/;

/** Escapes of `% . / ; ? # \`, which a second decoding would turn into syntax. No client has to escape a dot. */
const ESCAPED_SYNTAX = /%(?:2[35EF]|3[BF]|5C)/i;

/** Bytes that Node receives in a query. "#" begins a fragment, and a request has none. */
const QUERY = /^[!"$-~\u0080-\u00ff]*$/;

/** Control, format and ignorable characters, and the two line breaks of Unicode. A log and a terminal obey some of them. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/** A segment that is empty, or that some servers trim to a dot segment. */
const DOT_SEGMENT = /^[.\s]*$/;

/** Syntax of paths, for characters that a compatible normalization turns into it, such as a fullwidth slash; and two more slashes. */
const SYNTAX = /[%./;?#\\\u2044\u2215]/;

/**
 * Returns the path of a request, decoded once. A slash at its end stays, because `/v1/people/` is another path than `/v1/people`.
 *
 * @param target request target, as the first line of the request has it, such as `/v1/people/me?callingData=true`
 * @returns undefined if the target is ambiguous or has another form than a path with a query
 * @see https://datatracker.ietf.org/doc/html/rfc9112#section-3.2.1
 */
export function requestPath(target: string): string | undefined {
  const end = target.indexOf('?');
  const path = end === -1 ? target : target.slice(0, end);
  if (!path.startsWith('/') || (end !== -1 && !QUERY.test(target.slice(end + 1)))) {
    return undefined;
  }
  return PLAIN_PATH.test(path) ? path : decodedPath(path);
}

function decodedPath(path: string): string | undefined {
  if (!ESCAPED_PATH.test(path) || ESCAPED_SYNTAX.test(path)) {
    return undefined;
  }
  let decoded;
  try {
    // It refuses all that is not UTF-8: overlong forms, surrogates, and bytes of other encodings.
    decoded = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  const [, ...segments] = decoded.split('/');
  const last = segments.pop();
  const isAmbiguous =
    segments.some((segment) => DOT_SEGMENT.test(segment)) ||
    (last !== undefined && last !== '' && DOT_SEGMENT.test(last)) ||
    INVISIBLE.test(decoded) ||
    // eslint-disable-next-line no-control-regex -- all of ASCII
    SYNTAX.test(decoded.replace(/[\u0000-\u007f]+/g, '').normalize('NFKC'));
  return isAmbiguous ? undefined : decoded;
}
