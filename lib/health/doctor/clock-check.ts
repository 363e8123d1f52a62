import type { VaultClient } from '../../vault/vault-client';
import { askAsNobody } from '../../webex/reachable-webex';
import { describeDuration } from '../relative-time';
import { Problem } from './examination';

/*
 * What is said of tokens and grants is said of times: by this machine's clock, by Vault's, which refreshes, and by
 * Webex's, which ends them. Each says the time in the header "Date" of its answers.
 */

/** Less may be the way of an answer, and harms nothing. */
const TOLERATED_MS = 3 * 60_000;

/** Sets a clock of a Linux machine. */
const MEND = 'timedatectl set-ntp true';

/** @throws Problem where Vault's differs from ours, VaultResponseError, VaultUnreachableError */
export async function checkVaultClock(vault: VaultClient, apiUrl: string, now: () => Date): Promise<string> {
  const { headers, body } = await vault.connection.withoutNamespace().send('GET', 'sys/seal-status');
  body.cancel();
  const off = differenceOf(new Date(headers.date ?? ''), now());
  if (off === undefined) {
    return 'Vault does not say the time';
  }
  if (Math.abs(off) <= TOLERATED_MS) {
    return 'Vault and this machine agree on the time';
  }
  const webex = await askAsNobody(apiUrl).catch(() => undefined);
  const webexOff = webex && differenceOf(webex, now());
  const { whose, where } = blamed(webexOff);
  throw new Problem(`the clock of Vault is ${describeOff(off)} that of this machine: ${whose}`, `${MEND}, ${where}`);
}

/** @param webexOff how far Webex's clock is off ours; undefined: it does not say */
function blamed(webexOff: number | undefined): { readonly whose: string; readonly where: string } {
  if (webexOff === undefined) {
    return { whose: 'one of the two is wrong', where: 'on the one that is wrong' };
  }
  return Math.abs(webexOff) <= TOLERATED_MS
    ? { whose: "Webex agrees with this machine, so Vault's is wrong", where: 'on that server' }
    : { whose: 'Webex disagrees with this machine too, so its clock is wrong', where: 'here' };
}

/** Vault's agrees with ours. @param webex undefined: it did not say @throws Problem */
export function checkWebexClock(webex: Date | undefined, now: Date): string {
  const off = webex && differenceOf(webex, now);
  if (off !== undefined && Math.abs(off) > TOLERATED_MS) {
    throw new Problem(
      `the clock of Webex is ${describeOff(off)} that of this machine and of Vault`,
      `${MEND}, here and on the server of Vault`,
    );
  }
  return off === undefined ? 'it does not say the time' : 'its clock agrees';
}

function differenceOf(theirs: Date, ours: Date): number | undefined {
  const ms = theirs.getTime() - ours.getTime();
  return Number.isNaN(ms) ? undefined : ms;
}

function describeOff(ms: number): string {
  return `${describeDuration(Math.abs(ms))} ${ms > 0 ? 'ahead of' : 'behind'}`;
}
