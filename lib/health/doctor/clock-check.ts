import type { VaultClient } from '../../vault/vault-client';
import { askAsNobody } from '../../webex/reachable-webex';
import { describeDuration } from '../relative-time';
import { Problem } from './examination';

/*
 * The report compares times of three clocks: this machine's, Vault's and Webex's. Vault refreshes tokens by its clock,
 * and Webex expires them by its own. Each server sends its time in the header "Date".
 */

/** Largest tolerated difference. A smaller one may come from the network, and harms nothing. */
const TOLERATED_MS = 3 * 60_000;

/** Command that sets the clock of a Linux machine. */
const MEND = 'timedatectl set-ntp true';

/** @throws Problem if Vault's clock differs from this machine's, VaultResponseError, VaultUnreachableError */
export async function checkVaultClock(vault: VaultClient, apiUrl: string, now: () => Date): Promise<string> {
  const { headers, body } = await vault.connection.withoutNamespace().send('GET', 'sys/seal-status');
  body.cancel();
  const off = differenceOf(new Date(headers.date ?? ''), now());
  if (off === undefined) {
    return 'Vault sends no time';
  }
  if (Math.abs(off) <= TOLERATED_MS) {
    return 'the clocks of Vault and this machine agree';
  }
  const webex = await askAsNobody(apiUrl).catch(() => undefined);
  const webexOff = webex && differenceOf(webex, now());
  const { whose, where } = blamed(webexOff);
  throw new Problem(`the clock of Vault is ${describeOff(off)} that of this machine: ${whose}`, `${MEND}, ${where}`);
}

/** @param webexOff difference of Webex's clock from this machine's; undefined: Webex sends no time */
function blamed(webexOff: number | undefined): { readonly whose: string; readonly where: string } {
  if (webexOff === undefined) {
    return { whose: 'one of the two is wrong', where: 'on the machine whose clock is wrong' };
  }
  return Math.abs(webexOff) <= TOLERATED_MS
    ? { whose: "Webex agrees with this machine, so Vault's clock is wrong", where: 'on the server of Vault' }
    : {
        whose: 'Webex disagrees with this machine too, so the clock of this machine is wrong',
        where: 'on this machine',
      };
}

/** Vault's clock was checked before. @param webex undefined: Webex sent no time @throws Problem */
export function checkWebexClock(webex: Date | undefined, now: Date): string {
  const off = webex && differenceOf(webex, now);
  if (off !== undefined && Math.abs(off) > TOLERATED_MS) {
    throw new Problem(
      `the clock of Webex is ${describeOff(off)} that of this machine and of Vault`,
      `${MEND}, on this machine and on the server of Vault`,
    );
  }
  return off === undefined ? 'it sends no time' : 'its clock agrees';
}

function differenceOf(theirs: Date, ours: Date): number | undefined {
  const ms = theirs.getTime() - ours.getTime();
  return Number.isNaN(ms) ? undefined : ms;
}

function describeOff(ms: number): string {
  return `${describeDuration(Math.abs(ms))} ${ms > 0 ? 'ahead of' : 'behind'}`;
}
