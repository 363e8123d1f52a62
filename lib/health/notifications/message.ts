import { commandLine, isCommandLine, oneLine } from '#core';
import { toJson } from '../status-json';
import type { ConsentCause } from '../looks/consent-need';
import { MARKS, unhealthyOnes } from '../report';
import type { Change, News, LookOutcome } from './changes';

/*
 * The text of a notification, with the next steps.
 */

export const WEBHOOK_FORMATS = ['webex', 'json'] as const;
export type WebhookFormat = (typeof WEBHOOK_FORMATS)[number];

/**
 * Limit of a message. Webex accepts 7439 bytes, and counts the text that it makes of the Markdown.
 *
 * @see https://developer.webex.com/docs/api/v1/messages/create-a-message
 */
const MOST_BYTES = 7000;

/** Limit of a detail, in characters. A message of Vault or Webex may be long, and the report has all of it. */
const LONGEST_DETAIL = 400;

/** Notation of one format. */
interface Notation {
  readonly text: (text: string) => string;
  readonly strong: (text: string) => string;
  /** A command line, to be copied. */
  readonly command: (text: string) => string;
}

const PLAIN: Notation = { text: oneLine, strong: oneLine, command: oneLine };

const MARKDOWN: Notation = {
  text: escapeMarkdown,
  strong: (text) => `**${escapeMarkdown(text)}**`,
  // A code span has no escapes. Text that could end the span, or count as a mention, is escaped outside a code span.
  command: (text) => (isCommandLine(text) && /^[\w .:/=-]+$/.test(text) ? `\`${text}\`` : escapeMarkdown(text)),
};

/** JSON body of the request. @param from subject of the look, such as the address of Vault */
export function messageBody(format: WebhookFormat, news: News, outcome: LookOutcome, from: string): string {
  if (format === 'webex') {
    return JSON.stringify({ markdown: toText(news, from, MARKDOWN) });
  }
  return JSON.stringify({
    version: 1,
    text: toText(news, from, PLAIN),
    changes: news.changes.map(({ before = null, next = null, ...change }) => ({ ...change, before, next })),
    report: 'report' in outcome ? toJson(outcome.report) : null,
  });
}

/** A consent that a person is asked for, without its link: a link in a room is what phishing looks like. */
export interface WaitingConsent {
  readonly credential: string;
  /** @default - a person asks by a link */
  readonly cause?: ConsentCause;
  /** Name of the person who asks by a link. @default - the request is on the site */
  readonly requester?: string;
  /** End of the link. @default - there is no link */
  readonly until?: Date;
}

/** Largest number of consents that a text names. */
const MOST_WAITING = 50;

/**
 * JSON body of the request about consents that wait.
 *
 * @param from Vault's address and the mount
 * @param site site on which people log in, whose address is no secret. @default - a person has a link
 */
export function waitingBody(
  format: WebhookFormat,
  waiting: readonly WaitingConsent[],
  from: string,
  site?: URL,
): string {
  if (format === 'webex') {
    return JSON.stringify({ markdown: waitingText(waiting, from, site, MARKDOWN) });
  }
  return JSON.stringify({
    version: 1,
    text: waitingText(waiting, from, site, PLAIN),
    changes: [],
    report: null,
    waiting: waiting.map(({ credential, cause = null, requester = null, until = null }) => ({
      credential,
      cause,
      requester,
      until,
    })),
    site: site?.href ?? null,
  });
}

/** JSON body of the request about an organization that waits. @param line the event and the next step @param from Vault's address and the mount */
export function organizationBody(format: WebhookFormat, line: string, from: string): string {
  const said = ({ text, strong }: Notation): string =>
    `${strong(`Webex grants: an organization is waiting at ${from}`)}\n\n- ${text(line)}`;
  return JSON.stringify(
    format === 'webex'
      ? { markdown: said(MARKDOWN) }
      : { version: 1, text: said(PLAIN), changes: [], report: null, waiting: [], site: null },
  );
}

function waitingText(
  waiting: readonly WaitingConsent[],
  from: string,
  site: URL | undefined,
  { text, strong }: Notation,
): string {
  const items = waiting.slice(0, MOST_WAITING).map(({ credential, cause, requester, until }) => {
    const why = requester === undefined ? cause : `${requester} asks for it, until ${until?.toISOString()}`;
    return `- ${text(`credential ${credential}${why === undefined ? '' : `: ${why}`}`)}`;
  });
  const more = waiting.length > items.length ? [`- and ${waiting.length - items.length} more`] : [];
  const next =
    site === undefined ? 'ask that person for the link, which is never posted here' : `log in at ${site.href}`;
  const count = waiting.length === 1 ? '1 consent is waiting' : `${waiting.length} consents are waiting`;
  return `${strong(`Webex grants: ${count} at ${from}`)}\n\n${[...items, ...more].join('\n')}\n\nNext: ${text(next)}`;
}

/** Text within Webex's limit. Changes that do not fit are counted. */
function toText({ changes, unseen }: News, from: string, notation: Notation): string {
  const head = `${notation.strong(`${summaryOf(changes)} at ${from}`)}\n\n`;
  const blind = unseen === 0 ? '' : `\n\nUntil then, the state of ${unseen} more is unknown.`;
  const more = (count: number): string =>
    count === 0 ? '' : `\n- and ${count} more: ${notation.command(commandLine('status'))}`;
  const items = changes.map((change) => itemOf(change, notation));
  let bytes = Buffer.byteLength(head + blind + more(items.length));
  const shown = items.filter((item, index) => {
    bytes += Buffer.byteLength(item) + 1;
    // The first change is always shown.
    return index === 0 || bytes <= MOST_BYTES;
  });
  return `${head}${shown.join('\n')}${more(items.length - shown.length)}${blind}`;
}

function summaryOf(changes: readonly Change[]): string {
  const severities = changes.map(({ severity }) => severity);
  const healthy = severities.filter((severity) => severity === 'healthy').length;
  const again = healthy > 0 ? `${healthy} healthy again` : '';
  return `Webex grants: ${[unhealthyOnes(severities), again].filter((part) => part !== '').join(', ')}`;
}

function itemOf({ kind, name, state, severity, detail, next, before }: Change, notation: Notation): string {
  const { text, strong, command } = notation;
  const what = kind === 'look' ? 'the look' : `${kind} ${name}`;
  if (severity === 'healthy') {
    const was = before === undefined ? '' : ` (before: ${before.state})`;
    return `- ${strong(MARKS[severity])} ${text(`${what} ${kind === 'look' ? 'succeeds' : 'is healthy'} again${was}`)}`;
  }
  const short = oneLine(detail);
  const shown = short.length > LONGEST_DETAIL ? `${short.slice(0, LONGEST_DETAIL)}...` : short;
  const said = `- ${strong(MARKS[severity])} ${text(`${what}: ${kind === 'look' ? 'failed' : state}; ${shown}`)}`;
  return next === undefined ? said : `${said} Next: ${command(oneLine(next))}`;
}

/** Text without emphasis, links, mentions and lists of them. @see https://spec.commonmark.org/0.31.2/#backslash-escapes */
function escapeMarkdown(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_[\]#~|]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');
}
