import type { z } from 'zod';
import { ExplainedError, quotedList } from '#core';
import { kmsPluginFields, kmsSeals } from '../../../lib/declaration/schema/server/kms-seal-declaration';
import { Seal } from './seal';

export type KmsSealProps = Readonly<z.input<(typeof kmsSeals)[keyof typeof kmsSeals]>>;

/** Settings of the server that are secrets, and where it takes them from instead. */
const SECRETS: Readonly<Record<KmsSealProps['type'], Readonly<Record<string, string>>>> = {
  awskms: {
    access_key: 'AWS_ACCESS_KEY_ID',
    secret_key: 'AWS_SECRET_ACCESS_KEY',
    session_token: 'AWS_SESSION_TOKEN',
  },
  gcpckms: { credentials: 'GOOGLE_APPLICATION_CREDENTIALS, the path of that file,' },
  azurekeyvault: { client_secret: 'AZURE_CLIENT_SECRET' },
  ocikms: {},
  pkcs11: { pin: 'BAO_HSM_PIN (OpenBao) or VAULT_HSM_PIN (Vault)' },
};

/**
 * A key service of a cloud, or an HSM, unseals the server. Settings are passed on as they are; credentials come from
 * the machine's identity or the environment of the server.
 *
 * OpenBao has these as plugins alone since 2.7. @see https://openbao.org/docs/configuration/seal/#plugins
 */
export class KmsSeal extends Seal {
  declare readonly plugin?: { readonly command: string; readonly sha256sum: string };

  constructor({ type, pluginCommand, pluginSha256, ...settings }: KmsSealProps) {
    if (!Object.hasOwn(kmsSeals, type)) {
      throw new ExplainedError(`seal "${type}" is not known; use one of ${quotedList(Object.keys(kmsSeals))}`);
    }
    super(type, withoutPlugin(kmsSeals[type].shape), settings, SECRETS[type]);
    if ((pluginCommand === undefined) !== (pluginSha256 === undefined)) {
      throw new ExplainedError(
        `seal "${type}" needs pluginCommand and pluginSha256 together, got one; give both for OpenBao, and none for Vault`,
      );
    }
    if (pluginCommand !== undefined && pluginSha256 !== undefined) {
      if (!/^[0-9a-f]{64}$/.test(pluginSha256)) {
        throw new ExplainedError(
          `seal "${type}": pluginSha256 must be 64 lower-case hex digits, got "${pluginSha256}"; run sha256sum on the plugin`,
        );
      }
      this.plugin = { command: pluginCommand, sha256sum: pluginSha256 };
    }
  }
}

/** The plugin has a stanza of its own. */
function withoutPlugin(fields: Readonly<Record<string, z.ZodType>>): Record<string, z.ZodType> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !(name in kmsPluginFields)));
}
