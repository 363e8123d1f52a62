import { randomBytes } from 'node:crypto';

/**
 * A token that looks like Webex's: 64 base64url characters (384 random bits), a marker, the organization's UUID.
 * Clients must not read anything into it; its length, "-" and "_" are what they must get along with.
 */
export function simulatedToken(orgUuid = '3f2c1d64-5c1e-4c39-9a59-0b1d6a7f2e10'): string {
  return `${randomBytes(48).toString('base64url')}_PF84_${orgUuid}`;
}
