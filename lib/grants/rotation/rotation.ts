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
 * A new client secret for an integration, without an interruption for readers. The engine tries several secrets in their
 * order, so it has both for a while.
 */

export interface RotationOptions {
  /** May write the integration. Its requests are not ended by `signal` at once. */
  readonly provisioner: VaultClient;
  /** May read the credentials. Its requests are not ended by `signal` at once, because that can lose a grant. */
  readonly authorizer: VaultClient;
  readonly deployment: Deployment;
  readonly integration: string;
  readonly newSecret: string;
  /** Secret to go back to, which the engine never gives back. @default - there is no way back */
  readonly oldSecret?: string;
  /** Takes a line about each step. */
  readonly report: (line: string) => void;
  /** Ends the rotation between two steps, and leaves what works. @default - none */
  readonly signal?: AbortSignal;
}

export interface Rotation {
  /** Credential that was refreshed with the new secret alone. @default - none could be */
  readonly refreshed?: string;
  /** `dropped`: kept until the new one was proven; `unusable`: Webex did not know it any more. */
  readonly old: 'dropped' | 'unusable' | 'not given';
}

/** Secrets that the engine has. */
type Stored = 'as before' | 'both' | 'new';

/**
 * @throws ExplainedError if the new secret is not proven, with what is left in Vault; the signal's reason if nothing was
 *   changed
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

  /** @throws ExplainedError unless Webex knows the new secret */
  async #requireAccepted(): Promise<void> {
    const { integration, newSecret, signal } = this.options;
    const { clientId, tokenUrl } = this.entry;
    const unchanged = `integration "${integration}" is as it was`;
    const check = await checkClientSecret({ tokenUrl, clientId, clientSecret: newSecret, signal }).catch(
      (error: unknown) => {
        signal?.throwIfAborted();
        throw explainedBy(
          error,
          `the new client secret is not proven (${describeError(error)}), and ${unchanged}; it takes a machine that reaches Webex, by HTTPS_PROXY where a proxy leads there`,
        );
      },
    );
    switch (check.verdict) {
      case 'accepted':
        this.options.report('Webex knows the new client secret');
        return;
      case 'refused':
        throw new ExplainedError(
          `Webex refuses the new client secret for client ${clientId} (${check.said}), so ${unchanged}; copy the secret that Webex shows for the integration again`,
        );
      case 'untold':
        throw new ExplainedError(
          `Webex answers to the new client secret as to a wrong one, or does not say (${check.said}), so ${unchanged}; copy the secret that Webex shows for the integration again, or to write it unproven, raise clientSecretVersion and deploy`,
        );
    }
  }

  /** Whether the old secret is invalid or mistyped, so that the engine should not try it. */
  async #isRefused(clientSecret: string): Promise<boolean> {
    const { tokenUrl, clientId } = this.entry;
    const { signal, report } = this.options;
    try {
      const { verdict } = await checkClientSecret({ tokenUrl, clientId, clientSecret, signal });
      if (verdict === 'refused') {
        report('Webex does not know the old client secret (any more), so it is not kept beside the new one');
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
      throw this.#leaving(error, ', and to have the healer get it');
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
   * Has a credential refreshed. If Webex refuses that, the old secret is put back; if it does not answer, both are kept.
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
            `Webex refuses integration "${integration}" when "${credential}" is refreshed (${why}), and the old client secret was not given, so that it cannot be put back; run it again with the right one`,
          );
        }
        await this.#write('as before', old);
        throw new ExplainedError(
          `Webex refuses integration "${integration}" when "${credential}" is refreshed with the new client secret (${why}); the old one is back; no grant was lost`,
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
        return `integration "${integration}" had its old client secret before; run it again`;
      case 'both':
        return `integration "${integration}" has both client secrets in Vault, the new one first, which works; run it again to drop the old one`;
      case 'new':
        return `integration "${integration}" has the new client secret alone, which Webex knows; run it again to see it proven by a refresh`;
    }
  }
}

const REPORTS: Readonly<Record<string, string>> = {
  'as before > both': 'the engine has both client secrets, the new one first',
  'as before > new': 'the engine has the new client secret',
  'both > new': 'the engine has the new client secret alone',
  'new > both': 'the engine has both client secrets again, the new one first',
  'both > as before': 'the old client secret is back',
  'new > as before': 'the old client secret is back',
};
