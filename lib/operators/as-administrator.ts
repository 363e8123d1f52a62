import type { VaultConnectionOptions } from '#core';
import { OperatorSession, type OperatorSessionOptions } from './operator-session';

/** Runs work at a node with a token of the operator "administrator", which can start a root token; then revokes it. */
export type AsAdministrator = <T>(address: string, work: (token: string) => Promise<T>) => Promise<T>;

/** Logs in for each call, whatever token the environment has. */
export function asAdministrator(
  connection: VaultConnectionOptions,
  { operators, signal }: Pick<OperatorSessionOptions, 'operators' | 'signal'>,
): AsAdministrator {
  return async (address, work) => {
    await using session = await OperatorSession.open({ ...connection, address, token: undefined }, 'administrator', {
      operators,
      roleFromEnvironment: true,
      env: { ...process.env, VAULT_TOKEN: undefined, BAO_TOKEN: undefined },
      signal,
    });
    return await work(session.token);
  };
}
