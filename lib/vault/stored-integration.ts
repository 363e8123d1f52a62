import { isDeepStrictEqual } from 'node:util';
import {
  describeError,
  explainedBy,
  ExplainedError,
  explainOutage,
  NotDeployed,
  NotPermitted,
  quotedList,
  VaultResponseError,
} from '#core';
import { findIntegration } from '../declaration/derived/by-name';
import type { Deployment } from '../declaration/schema/deployment';
import { deployCommand } from '../declaration/deploy-command';
import { declaringFile } from '../declaration/deployment-file';
import { integrationEntry } from '../declaration/derived/integration-entry';
import { integrationReply } from './replies';
import type { VaultClient } from './vault-client';

/**
 * An integration in the engine. Its secrets can be written and never read. The other fields are written back with them,
 * because the engine replaces the whole entry.
 */
export class StoredIntegration {
  private constructor(
    private readonly vault: VaultClient,
    private readonly path: string,
    private readonly name: string,
    private readonly fields: {
      readonly client_id: string;
      readonly provider_options: Readonly<Record<string, string>>;
      readonly auth_url_params?: Readonly<Record<string, string>>;
    },
  ) {}

  /** @throws NotDeployed unless it exists as declared, NotPermitted */
  static async read(vault: VaultClient, deployment: Deployment, name: string): Promise<StoredIntegration> {
    const integration = findIntegration(deployment, name);
    const path = `${deployment.engine.mountPath}/servers/${integration.vaultName}`;
    const { data } = await vault.read(path, integrationReply).catch((error: unknown) => {
      throw error instanceof VaultResponseError ? explainMissing(error, vault.address, name, path) : error;
    });
    const declared = integrationEntry(integration.clientId ?? data.client_id, deployment.webex.apiUrl);
    const differing = Object.entries(declared).filter(
      ([field, value]) => !isDeepStrictEqual(data[field as keyof typeof declared], value),
    );
    if (differing.length > 0) {
      throw new NotDeployed(
        `integration "${name}" in Vault (${path}) differs from ${declaringFile()} in ${quotedList(differing.map(([field]) => field))}, so nothing was changed; first: ${deployCommand()}`,
      );
    }
    const isParametrised = Object.keys(data.auth_url_params).length > 0;
    const parameters = isParametrised ? { auth_url_params: data.auth_url_params } : {};
    return new StoredIntegration(vault, path, name, { ...declared, ...parameters });
  }

  get clientId(): string {
    return this.fields.client_id;
  }

  get tokenUrl(): string {
    return this.fields.provider_options.token_url ?? '';
  }

  /** The consent page, with the entry's own parameters. */
  get consentUrl(): string {
    const url = new URL(this.fields.provider_options.auth_code_url ?? '');
    Object.entries(this.fields.auth_url_params ?? {}).forEach(([name, value]) => url.searchParams.set(name, value));
    return url.href;
  }

  /**
   * Writes the secrets. The engine tries them in this order.
   *
   * @throws ExplainedError that says whether they were written
   */
  async writeSecrets(first: string, ...more: readonly string[]): Promise<void> {
    try {
      await this.vault.write(this.path, { ...this.fields, client_secret: first, client_secrets: more });
    } catch (error) {
      const isAnswer = error instanceof VaultResponseError;
      const refused = isAnswer && error.statusCode === 403;
      const what = isAnswer ? 'is not changed' : 'may be changed or not';
      const message = `integration "${this.name}" ${what} in Vault (${describeError(error)})`;
      throw refused
        ? new NotPermitted(`${message}; use a token with the provisioner's policy`)
        : explainedBy(error, message);
    }
  }
}

function explainMissing(error: VaultResponseError, address: string, name: string, path: string): ExplainedError {
  switch (error.statusCode) {
    case 403:
      return new NotPermitted(
        `this Vault token may not read integration "${name}": it is invalid, or lacks "read" on ${path}; use a token with the authorizer's or the provisioner's policy`,
      );
    case 404:
      return new NotDeployed(`integration "${name}" is not in Vault (${path}); first: ${deployCommand()}`);
    default:
      return explainOutage(error, address, `read integration "${name}"`);
  }
}
