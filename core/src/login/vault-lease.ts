import { fieldsOf, isFields, numberOf, textOf } from '../http/json';
import type { VaultConnection } from '../vault/vault-connection';
import { VaultResponseError } from '../vault/vault-errors';

/** A Vault token and its life. */
export interface VaultLease {
  readonly token: string;
  /** Remaining life of the token; 0: unlimited. */
  readonly durationSeconds: number;
  readonly renewable: boolean;
  /** Name of the role of the login. @default - Vault does not say it */
  readonly roleName?: string;
}

/**
 * Logs in once. A `VaultLogin` also keeps the token alive.
 *
 * @param path such as `auth/approle/login`
 * @param explain makes the error of a refusal
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

/** The lease in a reply to a login or a renewal. @throws TypeError if there is none */
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
