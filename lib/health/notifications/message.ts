import { commandLine, isCommandLine, oneLine } from '#core';
import { toJson } from '../status-json';
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
  /** Name of the person who asks. */
  readonly requester: string;
  readonly until: Date;
}

/** JSON body of the request about a consent that waits. @param from Vault's address and the mount */
export function waitingBody(format: WebhookFormat, waiting: WaitingConsent, from: string): string {
  const { credential, requester, until } = waiting;
  const textIn = ({ text, strong }: Notation): string =>
    `${strong(`Webex grants: 1 consent is waiting at ${from}`)}\n\n- ${text(`credential ${credential}: ${requester} asks for it, until ${until.toISOString()}`)}. Next: ${text(`ask ${requester} for the link, which is never posted here`)}`;
  return format === 'webex'
    ? JSON.stringify({ markdown: textIn(MARKDOWN) })
    : JSON.stringify({
        version: 1,
        text: textIn(PLAIN),
        changes: [],
        report: null,
        waiting: [{ credential, requester, until: until.toISOString() }],
      });
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
