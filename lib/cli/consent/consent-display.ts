import { userInfo } from 'node:os';
import { oneLine } from '#core';
import type { ServedLink } from '../../consent-site/link/served-link';
import type { DeviceInvitation } from '../../grants/consent/ways/device-consent';
import { say } from '../command';
import { openInBrowser } from './browser';
import { qrCode } from './qr-code';

/*
 * Text for a person who consents, or who asks another person to consent. It goes to stderr, because only the result is data.
 */

export interface ConsentDisplay {
  /** Whether the page is opened in the browser of this machine. */
  readonly open: boolean;
  /** False: the browser is on another machine, and the person pastes the URL of its last page. */
  readonly browser: boolean;
  /** Whether a QR code is shown beside the address. */
  readonly qr: boolean;
  /** Name of the person who asks for the consent. @default - the name of the login */
  readonly requester?: string;
  /** How long a consent in the browser may take, in seconds. */
  readonly timeout: number;
}

export async function showCode(
  asked: DeviceInvitation,
  { qr, requester = loginName() }: ConsentDisplay,
): Promise<void> {
  const { verificationUriComplete, verificationUri } = asked.grant;
  say(`Send this to the person who consents:\n\n${invitation(asked, requester)}\n`);
  const code = qr ? await qrCode(verificationUriComplete ?? verificationUri, process.stderr) : undefined;
  if (code !== undefined) {
    say(`QR code for a phone that is signed in to this account:\n\n${code}\n`);
  }
  say('Waiting for the consent (Ctrl-C changes nothing) ...');
}

/** Name of the person who asks, if none is given. */
export function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user may have no name.
    return 'the sender of this message';
  }
}

export async function showLink(
  { url, owner, until, endsWithToken, address }: ServedLink,
  { qr }: ConsentDisplay,
): Promise<void> {
  say(`Send this link to ${owner} in a way that nobody else reads:\n\n  ${url}\n`);
  const code = qr ? await qrCode(url, process.stderr) : undefined;
  if (code !== undefined) {
    say(`QR code for a phone:\n\n${code}\n`);
  }
  const why = endsWithToken ? ', because the Vault token expires then' : '';
  say(`The link is good for one consent, until ${utc(until)}${why}. The site listens on ${address}.`);
  say('Waiting for the consent (Ctrl-C ends the link and changes nothing) ...');
}

/** @param over aborted once the consent is over */
export function showUrl(url: string, over: AbortSignal, options: ConsentDisplay): void {
  const endsAt = performance.now() + options.timeout * 1000;
  const show = (words: string): void => say(`${words}:\n\n  ${url}\n`);
  show('Consent on this page');
  if (!options.browser) {
    say('At the end, the browser shows an address that it cannot open. Copy the whole address.');
  } else if (options.open) {
    openInBrowser(url, over, () => {
      const leftSeconds = Math.max(0, Math.ceil((endsAt - performance.now()) / 1000));
      say('The browser could not be started. If it is on another machine, press Ctrl-C and use --no-browser.');
      show(`Otherwise open this page yourself, within ${leftSeconds} s`);
    });
  }
}

/** A text to send to the person who consents. @param askedBy name of the person who asks */
function invitation(asked: DeviceInvitation, askedBy: string): string {
  const { grant, credential, integration, scopes, email } = asked;
  const account = email === undefined ? 'the account that the programs act as' : email;
  const rows = {
    'asked by': askedBy,
    purpose: `credential "${credential}", stored and refreshed in Vault, for our programs`,
    app: `integration "${integration}" (client id ${grant.clientId})`,
    account: email === undefined ? 'any, in its own organization' : `${email}, in its own organization`,
    scopes: scopes.join(' '),
  };
  return [
    ...Object.entries(rows).map(([label, value]) => `  ${`${label}:`.padEnd(11)}${oneLine(value)}`),
    '',
    `  1. In a browser, sign in to Webex as ${account}, and in no other account.`,
    `  2. Open ${grant.verificationUri} and type this code:  ${spaced(grant.userCode)}`,
    ...(grant.verificationUriComplete === undefined ? [] : [`     or open ${grant.verificationUriComplete}`]),
    `     until ${utc(grant.expiresAt)}.`,
    '',
    '  Continue only if you expected this, and know from another source that it comes from that person. The sender of',
    '  a code can do in Webex what you can do, without your password. Nobody needs to see your screen to help you.',
  ].join('\n');
}

/** The code in groups, as people read it aloud. The page accepts it with and without spaces. */
function spaced(userCode: string): string {
  return /^\d{6}$/.test(userCode) ? `${userCode.slice(0, 3)} ${userCode.slice(3)}` : userCode;
}

function utc(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
