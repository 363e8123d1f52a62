import { fieldsOf, isFields, numberOf, textOf } from '../http/json';
import { NotDeployed } from '../vault/credential-errors';
import type { VaultConnection } from '../vault/vault-connection';
import { explainOutage, VaultResponseError, whatVaultSaid } from '../vault/vault-errors';

/** A Vault token and its life. */
export interface VaultLease {
  readonly token: string;
  /** Remaining life of the token. 0 means unlimited. */
  readonly durationSeconds: number;
  readonly renewable: boolean;
  /** Name of the role of the login. @default - Vault does not return it */
  readonly roleName?: string;
}

export interface LoginRequest {
  /** Mount of the auth method, such as `approle`. */
  readonly mountPath: string;
  readonly data: object;
  /** Hidden if Vault quotes it. @default - none */
  readonly secret?: string;
  /** Makes the error of a refusal from the words of Vault, or undefined if they do not concern the login. */
  readonly explain: (said: string, statusCode: number) => Error | undefined;
}

/**
 * Logs in once. A `VaultLogin` also keeps the token alive.
 *
 * @throws NotDeployed if the mount does not exist, the error of a refusal, TemporarilyUnavailable, VaultSealed
 */
export async function loginAt(
  vault: VaultConnection,
  { mountPath, data, secret = '', explain }: LoginRequest,
): Promise<VaultLease> {
  try {
    return await vault.withToken(undefined).write(`auth/${mountPath}/login`, data, leaseOf);
  } catch (error) {
    if (!(error instanceof VaultResponseError)) {
      throw error;
    }
    if (error.statusCode === 404) {
      throw new NotDeployed(
        `no auth method is mounted at ${mountPath}/; have it deployed there, or set VAULT_AUTH_MOUNT (APPROLE_MOUNT for an AppRole)`,
      );
    }
    const refused = explain(whatVaultSaid(error, [secret]), error.statusCode);
    throw refused ?? explainOutage(error, vault.address, `log in at auth/${mountPath}`, [secret]);
  }
}

/** Fields with the role of a login: by an AppRole, by a JWT or a service account, and by a certificate. */
const ROLE_FIELDS = ['role_name', 'role', 'cert_name'];

/** Returns the lease in a reply to a login or a renewal. @throws TypeError if there is none */
export function leaseOf(reply: unknown): VaultLease {
  const auth = fieldsOf(fieldsOf(reply).auth);
  const metadata = isFields(auth.metadata) ? auth.metadata : {};
  const roleName = ROLE_FIELDS.map((field) => metadata[field]).find((value) => value !== undefined);
  return {
    token: textOf(auth.client_token),
    durationSeconds: numberOf(auth.lease_duration),
    renewable: auth.renewable === true,
    roleName: typeof roleName === 'string' ? roleName : undefined,
  };
}
