import { isExplained } from './explained-error';

/*
 * Makes text of Vault, Webex or a browser safe to show. The text can quote the request with its secrets, and a terminal obeys
 * its escape sequences.
 */

export const HIDDEN = '[hidden]';

/** Matches `"access_token": "..."` in JSON, and `code=...` in a form or URL. */
const NAMED_SECRET =
  /\b((?:access_token|refresh_token|id_token|client_secret|secret_id|code_verifier|code|password)"?\s*[:=]\s*"?)[^"&\s,;}]+/gi;

/** Matches tokens of Vault, and any other text that is too long and too random for a word. Tracking ids are shorter. */
const TOKEN_LIKE = /\b(?:hv[sbr]|[sbr])\.[A-Za-z0-9_-]{20,}|[A-Za-z0-9_-]{64,}/g;

/** Returns the text on one line, without control characters. */
export function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what it replaces
  return text.replace(/[\s\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
}

/**
 * Returns the text on one line, shortened, without anything that looks like a secret.
 *
 * @param secrets known secrets, which are always hidden
 */
export function safeText(text: string, secrets: readonly string[] = []): string {
  const known = secrets.filter((secret) => secret !== '').flatMap((secret) => [secret, encodeURIComponent(secret)]);
  const hidden = known.reduce((safe, secret) => safe.replaceAll(secret, HIDDEN), text);
  const safe = oneLine(hidden.replace(NAMED_SECRET, `$1${HIDDEN}`).replace(TOKEN_LIKE, HIDDEN));
  return safe.length > 300 ? `${safe.slice(0, 300)}...` : safe;
}

/** Returns the text of an error for people. The message of an `ExplainedError` is safe. Another message may contain a secret. */
export function describeError(error: unknown): string {
  return isExplained(error) ? error.message : safeText(error instanceof Error ? error.message : String(error));
}
