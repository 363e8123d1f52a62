import { oneLine } from '#core';
import type { DeviceInvitation } from '../../grants/consent/ways/device-consent';

/**
 * A text to send to the person who consents.
 *
 * @param askedBy name of the person who asks
 */
export function invitation(asked: DeviceInvitation, askedBy: string): string {
  const { grant, credential, integration, scopes, email } = asked;
  const account = email === undefined ? 'the account that it is to act as' : email;
  const rows = {
    'asked by': askedBy,
    'what for': `credential "${credential}", kept and refreshed in a Vault, for programs of ours`,
    app: `integration "${integration}" (client id ${grant.clientId})`,
    account: email === undefined ? 'any, in its own organization' : `${email}, in its own organization`,
    scopes: scopes.join(' '),
  };
  return [
    ...Object.entries(rows).map(([label, value]) => `  ${`${label}:`.padEnd(11)}${oneLine(value)}`),
    '',
    `  1. In a browser, sign in to Webex as ${account}; in no other account.`,
    `  2. Open ${grant.verificationUri} and type this code:  ${spaced(grant.userCode)}`,
    ...(grant.verificationUriComplete === undefined ? [] : [`     or open ${grant.verificationUriComplete}`]),
    `     until ${utc(grant.expiresAt)}.`,
    '',
    '  Do so only if you expected this, and know from elsewhere that it comes from that person: whoever sends you such',
    '  a code gets what you may do in Webex, with no password of yours. Nobody who helps you has to see your screen.',
  ].join('\n');
}

/** The code in groups, as people read it aloud. The page accepts it with and without spaces. */
function spaced(userCode: string): string {
  return /^\d{6}$/.test(userCode) ? `${userCode.slice(0, 3)} ${userCode.slice(3)}` : userCode;
}

function utc(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
