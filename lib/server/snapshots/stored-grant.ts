import { createHash } from 'node:crypto';
import { z } from 'zod';
import { DamagedEntry, type RawStorage } from './raw-storage';

/*
 * A grant as the engine stores it, and what may be told of it. Its tokens are dropped where it is parsed.
 */

/** What Go writes for no time at all. */
const NEVER = '0001-01-01T00:00:00Z';

const time = z.iso
  .datetime({ offset: true })
  .optional()
  .transform((text) => (text === undefined || text === NEVER ? undefined : new Date(text)));

/** @see https://github.com/puppetlabs/vault-plugin-secrets-oauthapp/blob/v3.1.1/pkg/persistence/authcode.go */
const entry = z
  .object({
    access_token: z.string().min(1),
    refresh_token: z.string().optional(),
    expiry: time,
    last_issue_time: time,
    /** Webex's refusal of the last refresh, which may be over. */
    user_error: z.string().optional(),
  })
  .transform(({ refresh_token, expiry, last_issue_time, user_error }) => ({
    hasRefreshToken: Boolean(refresh_token),
    issueTime: last_issue_time,
    expireTime: expiry,
    isRefused: Boolean(user_error),
  }));

export type KeptGrant =
  | ({ readonly state: 'present' } & Readonly<z.output<typeof entry>>)
  | { readonly state: 'absent' }
  /** With why, in a few words. */
  | { readonly state: 'damaged'; readonly problem: string };

/** Where the engine keeps a credential, below its mount's storage. */
export function grantPath(credential: string): string {
  const hash = createHash('sha1').update(credential).digest('hex');
  return `creds/${hash.slice(0, 4)}/${hash.slice(4, 8)}/${hash.slice(8)}`;
}

/** @param mountStorage of the engine */
export async function storedGrant(storage: RawStorage, mountStorage: string, credential: string): Promise<KeptGrant> {
  try {
    const found = await storage.read(`${mountStorage}/${grantPath(credential)}`, entry);
    return found === undefined ? { state: 'absent' } : { state: 'present', ...found };
  } catch (error) {
    if (error instanceof DamagedEntry) {
      return { state: 'damaged', problem: error.message };
    }
    throw error;
  }
}
