import { fieldsOf, isFields, numberOf, textOf } from '../http/json';
import type { VaultConnection } from '../vault/vault-connection';
import { VaultResponseError } from '../vault/vault-errors';

/** A Vault token, and how long it is good. */
export interface VaultLease {
  readonly token: string;
  /** Remaining life of the token; 0: no end. */
  readonly durationSeconds: number;
  readonly renewable: boolean;
  /** Name of the role that it was logged in with. @default - Vault does not tell */
  readonly roleName?: string;
}

/**
 * Logs in once; what keeps the token alive is a `VaultLogin`.
 *
 * @param path such as `auth/approle/login`
 * @param explain makes of a refusal what is thrown
 */
export async function loginAt(
  vault: VaultConnection,
  path: string,
  data: object,
  explain: (error: VaultResponseError) => Error,
): Promise<VaultLease> {
  try {
    return await vault.withToken(undefined).write(path, data, leaseOf);
  } catch (error) {
    throw error instanceof VaultResponseError ? explain(error) : error;
  }
}

/** Of a reply to a login, or to a renewal. @throws TypeError where it is none */
export function leaseOf(reply: unknown): VaultLease {
  const auth = fieldsOf(fieldsOf(reply).auth);
  const { role_name: roleName } = isFields(auth.metadata) ? auth.metadata : {};
  return {
    token: textOf(auth.client_token),
    durationSeconds: numberOf(auth.lease_duration),
    renewable: auth.renewable === true,
    roleName: typeof roleName === 'string' ? roleName : undefined,
  };
}
