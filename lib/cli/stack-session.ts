import { ExplainedError, type VaultConnectionOptions } from 'webex-token-client/core';
import type { Deployment } from '../declaration/deployment';
import type { OperatorFolder } from '../server/operator-folder';
import { OperatorSession } from '../server/operator-session';
import { explainRefusals } from '../server/server-refusal';
import type { VaultClient } from '../vault/vault-client';
import { vaultVariables } from './vault-variables';

/** Terraform's way into Vault: the server, and the token of a provisioner, which ends with it. */
export class StackSession implements AsyncDisposable {
  private constructor(
    private readonly session: OperatorSession,
    private readonly connection: VaultConnectionOptions,
  ) {}

  /** @throws ExplainedError where there is no token, and nothing to get one with */
  static async open(
    connection: VaultConnectionOptions,
    operators: OperatorFolder,
    signal: AbortSignal,
  ): Promise<StackSession> {
    const options = { operators, roleFromEnvironment: true, signal };
    return new StackSession(
      await explainRefusals(() => OperatorSession.open(connection, 'provisioner', options)),
      connection,
    );
  }

  get vault(): VaultClient {
    return this.session.vault;
  }

  /** Terraform's provider knows these forms only. */
  get environment(): NodeJS.ProcessEnv {
    return vaultVariables(this.connection, this.session.token);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.session[Symbol.asyncDispose]();
  }
}

/** The provider goes where the declaration says, so that nothing else may go elsewhere. */
export function refuseOtherAddress({ vault }: Deployment, { address }: VaultConnectionOptions): void {
  if (vault.server === undefined && address !== vault.address) {
    throw new ExplainedError(
      `VAULT_ADDR is ${address}, and deployment.ts declares vault.address ${vault.address}, where Terraform goes; unset VAULT_ADDR, or correct one of the two`,
    );
  }
}
