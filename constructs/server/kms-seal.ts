import { ExplainedError, quotedList } from 'webex-token-client/core';
import { Seal } from './seal';

/** @see https://developer.hashicorp.com/vault/docs/configuration/seal/awskms */
interface AwsKmsSealProps {
  readonly type: 'awskms';
  readonly kmsKeyId: string;
  /** @default - that of the server's environment or instance */
  readonly region?: string;
  /** @default - that of the region */
  readonly endpoint?: string;
}

/** @see https://developer.hashicorp.com/vault/docs/configuration/seal/gcpckms */
interface GcpCkmsSealProps {
  readonly type: 'gcpckms';
  readonly project: string;
  readonly region: string;
  readonly keyRing: string;
  readonly cryptoKey: string;
}

/** @see https://developer.hashicorp.com/vault/docs/configuration/seal/azurekeyvault */
interface AzureKeyVaultSealProps {
  readonly type: 'azurekeyvault';
  readonly tenantId: string;
  readonly vaultName: string;
  readonly keyName: string;
  /** @default - the managed identity of the machine */
  readonly clientId?: string;
  /** @default "AZUREPUBLICCLOUD" */
  readonly environment?: string;
  /** @default "vault.azure.net" */
  readonly resource?: string;
}

/** @see https://developer.hashicorp.com/vault/docs/configuration/seal/ocikms */
interface OciKmsSealProps {
  readonly type: 'ocikms';
  readonly keyId: string;
  readonly cryptoEndpoint: string;
  readonly managementEndpoint: string;
  /** The API key in `~/.oci/config` of the server, not the instance principal. @default false */
  readonly authTypeApiKey?: boolean;
}

/** A slot or a token label, and the key. @see https://openbao.org/docs/configuration/seal/pkcs11/ */
interface Pkcs11SealProps {
  readonly type: 'pkcs11';
  /** Path of the HSM's library on the server. */
  readonly lib: string;
  readonly keyLabel: string;
  /** In decimal digits. @default - the one with the token label */
  readonly slot?: string;
  /** @default - that of the slot */
  readonly tokenLabel?: string;
  /** @default - any with that label */
  readonly keyId?: string;
  /** @default - the best that the HSM has */
  readonly mechanism?: string;
  /** Vault Enterprise's second key. @default - none */
  readonly hmacKeyLabel?: string;
}

interface KmsPluginProps {
  /** OpenBao: file name of the KMS plugin in the plugin directory. @default - built in, as in Vault */
  readonly pluginCommand?: string;
  /** OpenBao: hex sha256 of that file. @default - built in, as in Vault */
  readonly pluginSha256?: string;
}

export type KmsSealProps = (
  AwsKmsSealProps | GcpCkmsSealProps | AzureKeyVaultSealProps | OciKmsSealProps | Pkcs11SealProps
) &
  KmsPluginProps;

const SETTINGS = {
  awskms: {
    required: ['kms_key_id'],
    optional: ['region', 'endpoint'],
    secrets: {
      access_key: 'AWS_ACCESS_KEY_ID',
      secret_key: 'AWS_SECRET_ACCESS_KEY',
      session_token: 'AWS_SESSION_TOKEN',
    },
  },
  gcpckms: {
    required: ['project', 'region', 'key_ring', 'crypto_key'],
    optional: [],
    secrets: { credentials: 'GOOGLE_APPLICATION_CREDENTIALS, the path of that file,' },
  },
  azurekeyvault: {
    required: ['tenant_id', 'vault_name', 'key_name'],
    optional: ['client_id', 'environment', 'resource'],
    secrets: { client_secret: 'AZURE_CLIENT_SECRET' },
  },
  ocikms: { required: ['key_id', 'crypto_endpoint', 'management_endpoint'], optional: ['auth_type_api_key'] },
  pkcs11: {
    required: ['lib', 'key_label'],
    optional: ['slot', 'token_label', 'key_id', 'mechanism', 'hmac_key_label'],
    secrets: { pin: 'BAO_HSM_PIN (OpenBao) or VAULT_HSM_PIN (Vault)' },
  },
};

/**
 * A key service of a cloud, or an HSM, unseals the server. Settings are passed on as they are; credentials come from
 * the machine's identity or the environment of the server.
 *
 * OpenBao has these as plugins since 2.7. @see https://openbao.org/docs/configuration/seal/#plugins
 */
export class KmsSeal extends Seal {
  declare readonly plugin?: { readonly command: string; readonly sha256sum: string };

  constructor({ type, pluginCommand, pluginSha256, ...settings }: KmsSealProps) {
    if (!Object.hasOwn(SETTINGS, type)) {
      throw new ExplainedError(`seal "${type}" is not known; use one of ${quotedList(Object.keys(SETTINGS))}`);
    }
    super(type, settings, SETTINGS[type]);
    if ((pluginCommand === undefined) !== (pluginSha256 === undefined)) {
      throw new ExplainedError(
        `seal "${type}" needs pluginCommand and pluginSha256 together, got one; give both, or none where it is built in`,
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
