import { describeError, explainedBy, ExplainedError, NotPermitted, TemporarilyUnavailable } from '#core';
import { findIntegration } from '../../declaration/derived/by-name';
import { integrationSecret } from '../../declaration/derived/client-secret';
import { healingIntegrations, keptSecretPath } from '../../declaration/derived/healing-credentials';
import type { Deployment } from '../../declaration/schema/deployment';
import { writeEntry } from '../../vault/entry-secret';
import { StoredIntegration } from '../../vault/stored-integration';
import type { VaultClient } from '../../vault/vault-client';
import { checkClientSecret } from '../../webex/client-secret-check';
import { proveByRefresh, refreshable } from './refresh-proof';
import { RotationLock } from './rotation-lock';

/*
 * A new client secret for an integration, without an interruption for readers. The engine can try several secrets in order,
 * so it has both for a while.
 */

export interface RotationOptions {
  /** May write the integration. `signal` does not end its requests at once. */
  readonly provisioner: VaultClient;
  /** May read the credentials. `signal` does not end its requests at once, because that can lose a grant. */
  readonly authorizer: VaultClient;
  readonly deployment: Deployment;
  readonly integration: string;
  readonly newSecret: string;
  /** Secret to go back to. The engine never returns it. @default - there is no way back */
  readonly oldSecret?: string;
  /** Takes a line about each step. */
  readonly report: (line: string) => void;
  /** Ends the rotation between two steps. The integration works after each step. @default - none */
  readonly signal?: AbortSignal;
}

export interface Rotation {
  /** Credential that was refreshed with the new secret alone. @default - none could be */
  readonly refreshed?: string;
  /** `dropped`: kept until the new one was proven; `unusable`: Webex refused it. */
  readonly old: 'dropped' | 'unusable' | 'not given';
}

/** Secrets that the engine has. */
type Stored = 'as before' | 'both' | 'new';

/**
 * @throws ExplainedError if the new secret is not proven, with the secrets that Vault then has; the signal's reason if
 *   nothing was changed
 */
export async function rotateSecret(options: RotationOptions): Promise<Rotation> {
  const { provisioner, deployment, integration } = options;
  if (options.newSecret === options.oldSecret) {
    throw new ExplainedError(
      `the new and the old client secret are the same, so nothing was changed; give the new one`,
    );
  }
  await using lock = await RotationLock.take(provisioner, deployment, integration, options.report);
  const entry = await StoredIntegration.read(provisioner, deployment, integration);
  return await new SecretRotation(options, lock, entry).run();
}

class SecretRotation {
  readonly #engineName: string;
  #stored: Stored = 'as before';

  constructor(
    private readonly options: RotationOptions,
    private readonly lock: RotationLock,
    private readonly entry: StoredIntegration,
  ) {
    this.#engineName = findIntegration(options.deployment, options.integration).vaultName;
  }

  async run(): Promise<Rotation> {
    const { authorizer, deployment, integration, newSecret, oldSecret, signal } = this.options;
    const names = deployment.credentials.filter((each) => each.integration === integration).map(({ name }) => name);
    try {
      const credentials = await refreshable(authorizer, deployment.engine.mountPath, names);
      await this.#requireAccepted();
      const old = oldSecret !== undefined && (await this.#isRefused(oldSecret)) ? undefined : oldSecret;
      if (old !== undefined) {
        signal?.throwIfAborted();
        await this.#write('both', newSecret, old);
        await this.#prove(credentials, old);
      }
      signal?.throwIfAborted();
      await this.#write('new', newSecret);
      const refreshed = await this.#prove(credentials, old);
      return { refreshed, old: old !== undefined ? 'dropped' : oldSecret === undefined ? 'not given' : 'unusable' };
    } catch (error) {
      throw signal?.aborted && this.#stored !== 'as before'
        ? new ExplainedError(`interrupted: ${this.#whatIsLeft()}`)
        : error;
    }
  }

  /** @throws ExplainedError unless Webex accepts the new secret */
  async #requireAccepted(): Promise<void> {
    const { integration, newSecret, signal } = this.options;
    const { clientId, tokenUrl } = this.entry;
    const unchanged = `integration "${integration}" is unchanged`;
    const check = await checkClientSecret({ tokenUrl, clientId, clientSecret: newSecret, signal }).catch(
      (error: unknown) => {
        signal?.throwIfAborted();
        throw explainedBy(
          error,
          `the new client secret could not be checked (${describeError(error)}), and ${unchanged}; run this on a machine that reaches Webex, and set HTTPS_PROXY if it needs a proxy`,
        );
      },
    );
    switch (check.verdict) {
      case 'accepted':
        this.options.report('Webex accepts the new client secret');
        return;
      case 'refused':
        throw new ExplainedError(
          `Webex refuses the new client secret for client ${clientId} (${check.said}), so ${unchanged}; copy the secret that Webex shows for the integration again`,
        );
      case 'untold':
        throw new ExplainedError(
          `Webex did not confirm the new client secret (${check.said}), so ${unchanged}; copy the secret that Webex shows for the integration again. To write it unchecked, raise clientSecretVersion and deploy`,
        );
    }
  }

  /** Whether Webex refuses the old secret, so that the engine should not try it. */
  async #isRefused(clientSecret: string): Promise<boolean> {
    const { tokenUrl, clientId } = this.entry;
    const { signal, report } = this.options;
    try {
      const { verdict } = await checkClientSecret({ tokenUrl, clientId, clientSecret, signal });
      if (verdict === 'refused') {
        report('Webex refuses the old client secret, so it is not kept beside the new one');
      }
      return verdict === 'refused';
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof ExplainedError) {
        return false;
      }
      throw error;
    }
  }

  async #write(then: Stored, first: string, ...more: readonly string[]): Promise<void> {
    await this.lock.renew();
    const before = this.#stored;
    try {
      await this.entry.writeSecrets(first, ...more);
    } catch (error) {
      throw error instanceof NotPermitted ? error : this.#leaving(error);
    }
    this.#stored = then;
    await this.#keepForHealing(first).catch((error: unknown) => {
      throw this.#leaving(error, ', and to give it to the healer');
    });
    this.options.report(REPORTS[`${before} > ${then}`] ?? '');
  }

  /** Gives the healer the secret that the engine tries first. */
  async #keepForHealing(secret: string): Promise<void> {
    const { provisioner, deployment, integration } = this.options;
    if (healingIntegrations(deployment).includes(this.#engineName)) {
      const path = keptSecretPath(deployment, this.#engineName);
      const entry = { secret, path, fields: '{}', secretField: 'client_secret' };
      await writeEntry(provisioner, { ...integrationSecret(integration), ...entry });
    }
  }

  /**
   * Has a credential refreshed. If Webex refuses, the old secret is restored. If Webex does not answer, both are kept.
   *
   * @param old secret to go back to. @default - none
   * @returns the credential that was refreshed. @default - none can be
   */
  async #prove(credentials: readonly string[], old?: string): Promise<string | undefined> {
    const { authorizer, deployment, integration, newSecret, report, signal } = this.options;
    signal?.throwIfAborted();
    const proof = await proveByRefresh(authorizer, deployment.engine.mountPath, credentials).catch((error: unknown) => {
      throw this.#leaving(error);
    });
    const { state, credential = '', why = '' } = proof;
    switch (state) {
      case 'proven':
        report(`"${credential}" was refreshed`);
        return credential;
      case 'none':
        return undefined;
      case 'later':
        if (old !== undefined && this.#stored === 'new') {
          await this.#write('both', newSecret, old);
        }
        throw new TemporarilyUnavailable(`"${credential}" could not be refreshed yet (${why}); ${this.#whatIsLeft()}`);
      case 'refused':
        if (old === undefined) {
          throw new ExplainedError(
            `Webex refuses integration "${integration}" at a refresh of "${credential}" (${why}). The old client secret was not given, so it cannot be restored; run the command again with the right new one`,
          );
        }
        await this.#write('as before', old);
        throw new ExplainedError(
          `Webex refuses the new client secret of integration "${integration}" at a refresh of "${credential}" (${why}). The old one is restored, and no grant was lost; copy the secret that Webex shows for the integration again`,
        );
    }
  }

  #leaving(error: unknown, more = ''): ExplainedError {
    return explainedBy(error, `${describeError(error)}; ${this.#whatIsLeft()}${more}`);
  }

  #whatIsLeft(): string {
    const { integration } = this.options;
    switch (this.#stored) {
      case 'as before':
        return `integration "${integration}" had its old client secret before; run the command again`;
      case 'both':
        return `integration "${integration}" has both client secrets in Vault and works; run the command again to drop the old one`;
      case 'new':
        return `integration "${integration}" has only the new client secret, which Webex accepts; run the command again to prove it by a refresh`;
    }
  }
}

const REPORTS: Readonly<Record<string, string>> = {
  'as before > both': 'the engine has both client secrets, the new one first',
  'as before > new': 'the engine has the new client secret',
  'both > new': 'the engine has only the new client secret',
  'new > both': 'the engine has both client secrets again, the new one first',
  'both > as before': 'the engine has only the old client secret again',
  'new > as before': 'the engine has only the old client secret again',
};
