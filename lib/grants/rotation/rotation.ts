import { describeError, explainedBy, ExplainedError, NotPermitted, TemporarilyUnavailable } from '#core';
import { integrationSecret } from '../../declaration/derived/client-secret';
import { findIntegration } from '../../declaration/derived/by-name';
import type { Deployment } from '../../declaration/schema/deployment';
import { healingIntegrations, keptSecretPath } from '../../declaration/derived/healing-credentials';
import { nameInVault } from '../../declaration/schema/vault-name';
import { writeEntry } from '../../vault/entry-secret';
import { StoredIntegration } from '../../vault/stored-integration';
import type { VaultClient } from '../../vault/vault-client';
import { checkClientSecret } from '../../webex/client-secret-check';
import { proveByRefresh, refreshable, type RefreshProof } from './refresh-proof';
import { RotationLock } from './rotation-lock';

/*
 * A new client secret for an integration, with no reader noticing: the engine tries several secrets in their order, so
 * for a while it has both.
 */

export interface RotationOptions {
  /** May write the integration. Its requests are not ended by `signal` at once. */
  readonly provisioner: VaultClient;
  /** May read the credentials. Its requests are not ended by `signal` at once: who hangs up can lose a grant. */
  readonly authorizer: VaultClient;
  readonly deployment: Deployment;
  readonly integration: string;
  readonly newSecret: string;
  /** The engine tells nobody what it has. @default - unknown, so that there is none to go back to */
  readonly oldSecret?: string;
  /** Told of each step. */
  readonly report: (line: string) => void;
  /** Ends it between two steps, and leaves what works. @default - none */
  readonly signal?: AbortSignal;
}

export interface Rotation {
  /** The credential that was refreshed with the new secret alone. @default - none could be */
  readonly refreshed?: string;
  /** `dropped`: kept until the new one was proven; `unusable`: Webex did not know it any more. */
  readonly old: 'dropped' | 'unusable' | 'not given';
}

/** Which secrets the engine has. */
type Stored = 'as before' | 'both' | 'new';

/**
 * @throws ExplainedError where the new secret is not proven, with what is left in Vault; the signal's reason where
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
  return await new SecretRotation(options, lock).run();
}

class SecretRotation {
  readonly #credentials: readonly string[];
  readonly #engineName: string;
  #stored: Stored = 'as before';

  constructor(
    private readonly options: RotationOptions,
    private readonly lock: RotationLock,
  ) {
    const { deployment, integration } = options;
    this.#engineName = nameInVault(findIntegration(deployment, integration));
    this.#credentials = deployment.credentials
      .filter((each) => nameInVault(findIntegration(deployment, each.integration)) === this.#engineName)
      .map(({ name }) => name);
  }

  async run(): Promise<Rotation> {
    const { provisioner, authorizer, deployment, integration, newSecret, oldSecret, signal } = this.options;
    try {
      const entry = await StoredIntegration.read(provisioner, deployment, integration);
      const credentials = await refreshable(authorizer, deployment.engine.mountPath, this.#credentials);
      await this.#requireAccepted(entry);
      const old = oldSecret !== undefined && (await this.#isRefused(entry, oldSecret)) ? undefined : oldSecret;
      const putBack = old === undefined ? undefined : () => this.#write(entry, 'as before', old);
      const keepBoth = old === undefined ? undefined : () => this.#write(entry, 'both', newSecret, old);
      if (keepBoth !== undefined) {
        signal?.throwIfAborted();
        await keepBoth();
        await this.#prove(credentials, { putBack });
      }
      signal?.throwIfAborted();
      await this.#write(entry, 'new', newSecret);
      const refreshed = await this.#prove(credentials, { putBack, keepBoth });
      return { refreshed, old: old !== undefined ? 'dropped' : oldSecret === undefined ? 'not given' : 'unusable' };
    } catch (error) {
      throw signal?.aborted && this.#stored !== 'as before'
        ? new ExplainedError(`interrupted: ${this.#whatIsLeft()}`)
        : error;
    }
  }

  /** @throws ExplainedError unless Webex knows the new secret */
  async #requireAccepted(entry: StoredIntegration): Promise<void> {
    const { integration, newSecret, signal } = this.options;
    const { clientId, tokenUrl } = entry;
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

  /** Whether the old secret is good for nothing any more, or was mistyped: then the engine had better not try it. */
  async #isRefused({ tokenUrl, clientId }: StoredIntegration, clientSecret: string): Promise<boolean> {
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

  async #write(entry: StoredIntegration, then: Stored, first: string, ...more: readonly string[]): Promise<void> {
    await this.lock.renew();
    const before = this.#stored;
    try {
      await entry.writeSecrets(first, ...more);
    } catch (error) {
      throw error instanceof NotPermitted
        ? error
        : explainedBy(error, `${describeError(error)}; ${this.#whatIsLeft()}`);
    }
    this.#stored = then;
    await this.#keepForHealing(first).catch((error: unknown) => {
      throw explainedBy(error, `${describeError(error)}; ${this.#whatIsLeft()}, and to have the healer get it`);
    });
    this.options.report(REPORTS[`${before} > ${then}`] ?? '');
  }

  /** Whatever the engine has first, the healer has. */
  async #keepForHealing(clientSecret: string): Promise<void> {
    const { provisioner, deployment, integration } = this.options;
    if (healingIntegrations(deployment).includes(this.#engineName)) {
      await writeEntry(provisioner, {
        ...integrationSecret(integration),
        secret: clientSecret,
        path: keptSecretPath(deployment, this.#engineName),
        fields: '{}',
        secretField: 'client_secret',
      });
    }
  }

  /**
   * @param putBack writes the old secret, and `keepBoth` both, where the old one is known
   * @returns the credential that was refreshed; undefined where none can be
   */
  async #prove(
    credentials: readonly string[],
    { putBack, keepBoth }: { readonly putBack?: () => Promise<void>; readonly keepBoth?: () => Promise<void> },
  ): Promise<string | undefined> {
    const { authorizer, deployment, integration, report, signal } = this.options;
    signal?.throwIfAborted();
    let proof: RefreshProof;
    try {
      proof = await proveByRefresh(authorizer, deployment.engine.mountPath, credentials);
    } catch (error) {
      throw explainedBy(error, `${describeError(error)}; ${this.#whatIsLeft()}`);
    }
    const { state, credential = '', why = '' } = proof;
    switch (state) {
      case 'proven':
        report(`"${credential}" was refreshed`);
        return credential;
      case 'none':
        return undefined;
      case 'later':
        await keepBoth?.();
        throw new TemporarilyUnavailable(`"${credential}" could not be refreshed yet (${why}); ${this.#whatIsLeft()}`);
      case 'refused':
        await putBack?.();
        throw new ExplainedError(
          putBack === undefined
            ? `Webex refuses integration "${integration}" when "${credential}" is refreshed (${why}), and the old client secret was not given, so that it cannot be put back; run it again with the right one`
            : `Webex refuses integration "${integration}" when "${credential}" is refreshed with the new client secret (${why}); the old one is back; no grant was lost`,
        );
    }
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
