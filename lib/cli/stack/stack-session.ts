import { commandLine, type VaultConnectionOptions } from '#core';
import type { OperatorFolder } from '../../operators/operator-folder';
import { OperatorSession } from '../../operators/operator-session';
import { explainRefusals } from '../../operators/server-refusal';
import type { VaultClient } from '../../vault/vault-client';
import { RESUME_VARIABLE } from './terraform-variables';
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

  /** Variables for Terraform. Its provider knows no other forms of them. */
  get environment(): NodeJS.ProcessEnv {
    return { ...vaultVariables(this.connection, this.session.token), [RESUME_VARIABLE]: commandLine('resume') };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.session[Symbol.asyncDispose]();
  }
}
