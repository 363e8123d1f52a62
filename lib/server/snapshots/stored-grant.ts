import { createHash } from 'node:crypto';
import { z } from 'zod';
import { DamagedEntry, type RawStorage } from './raw-storage';

/** Go's zero time. */
const NEVER = '0001-01-01T00:00:00Z';

const time = z.iso
  .datetime({ offset: true })
  .optional()
  .transform((text) => (text === undefined || text === NEVER ? undefined : new Date(text)));

/** A grant in the engine's storage. Parsing drops its tokens. @see https://github.com/puppetlabs/vault-plugin-secrets-oauthapp/blob/v3.1.1/pkg/persistence/authcode.go */
const entry = z
  .object({
    access_token: z.string().min(1),
    refresh_token: z.string().optional(),
    expiry: time,
    last_issue_time: time,
    /** Webex's refusal of the last refresh. A later one may succeed. */
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
  | { readonly state: 'damaged'; readonly problem: string };

/** Path of a credential below the storage of its mount. */
export function grantPath(credential: string): string {
  const hash = createHash('sha1').update(credential).digest('hex');
  return `creds/${hash.slice(0, 4)}/${hash.slice(4, 8)}/${hash.slice(8)}`;
}

export async function storedGrant(storage: RawStorage, mountStorage: string, credential: string): Promise<KeptGrant> {
  try {
    const found = await storage.read(`${mountStorage}/${grantPath(credential)}`, entry);
    return found ? { state: 'present', ...found } : { state: 'absent' };
  } catch (error) {
    if (error instanceof DamagedEntry) {
      return { state: 'damaged', problem: error.message };
    }
    throw error;
  }
}
