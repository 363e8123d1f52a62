import { z } from 'zod';
import { described, httpsUrl, strictObject, type Fields, type StrictObject } from '../fields';
import { rules } from '../rules';

/*
 * Seals, in the words of the server's configuration. No field holds a secret. The server reads a secret from a file, from its
 * environment, or gets it by the identity of its machine.
 */

const text = z.string().min(1, 'must not be empty');

const PLUGIN_RULE = 'required for OpenBao, refused for Vault';

const staticSealFields = {
  /** A key in a file. @example 'static' @see https://openbao.org/docs/configuration/seal/static/ */
  type: z.literal('static').register(rules, { rule: 'for product "openbao" only' }),
  /** Name of the key. A name never gets another key. @example '2026-12' */
  currentKeyId: text,
  /**
   * File of the key, on the Docker host or in `sealSecret`: 32 bytes, raw, in hex or in base64, without a line end.
   * @example '/etc/webex-token-vault/seal/2026-12.key'
   */
  currentKeyFile: text,
  /** Name of the previous key. Leave it out after the server has started once with both keys. @default - none @example '2025-12' */
  previousKeyId: text.optional().register(rules, {
    rule: 'together with `previousKeyFile`; not the same as `currentKeyId`',
  }),
  /** File of the previous key, on the Docker host or in `sealSecret`. @default - none @example '/etc/webex-token-vault/seal/2025-12.key' */
  previousKeyFile: text.optional().register(rules, {
    rule: 'together with `previousKeyId`; another file name than `currentKeyFile`',
  }),
};

const transitSealFields = {
  /** A key in the transit engine of another server. @example 'transit' @see https://openbao.org/docs/configuration/seal/transit/ */
  type: z.literal('transit'),
  /** Address of the other Vault or OpenBao server. @example 'https://seal.example.com:8200' */
  address: httpsUrl,
  /** Name of the transit key. @example 'unseal' */
  keyName: text,
  /** Path of the transit engine. @default "transit/" @example 'seals/transit/' */
  mountPath: text.default('transit/'),
  /** Namespace of the transit engine. @default - the root namespace @example 'seals' */
  namespace: text.optional(),
  /** Do not renew the token, because another program renews it. @default - false @example true */
  disableRenewal: z.boolean().optional(),
  /**
   * PEM file of the CA that signed the other server's certificate. The path is the server's.
   * @default - the CAs of the system
   * @example '/openbao/seal/ca.pem'
   */
  tlsCaCert: text.optional(),
  /** PEM file of the client certificate. @default - none @example '/openbao/seal/client.pem' */
  tlsClientCert: text.optional(),
  /** PEM file of the client certificate's key. @default - none @example '/openbao/seal/client-key.pem' */
  tlsClientKey: text.optional(),
  /** Host name in the other server's certificate. @default - the host of `address` @example 'seal.example.com' */
  tlsServerName: text.optional(),
};

/** These seals are built into Vault. OpenBao has each as a plugin since 2.7. @see https://openbao.org/docs/configuration/seal/#plugins */
const kmsPluginFields = {
  /** File name of the seal's plugin in the plugin directory. @default - none @example 'openbao-plugin-wrapper-seal' */
  pluginCommand: text.optional().register(rules, { rule: PLUGIN_RULE }),
  /**
   * Sha256 of the seal's plugin.
   * @default - none
   * @example 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c'
   */
  pluginSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, {
      error: ({ input }) => `must be 64 lower-case hex digits, got "${String(input)}"; run sha256sum on the plugin`,
    })
    .register(rules, { rule: '64 lower-case hex digits' })
    .optional()
    .register(rules, { rule: PLUGIN_RULE }),
};

const awskmsFields = {
  /** A key in AWS KMS. @example 'awskms' @see https://developer.hashicorp.com/vault/docs/configuration/seal/awskms */
  type: z.literal('awskms'),
  /** Id or ARN of the key. @example 'alias/vault-unseal' */
  kmsKeyId: text,
  /** Region of the key. @default - the region of the server's environment or instance @example 'eu-central-1' */
  region: text.optional(),
  /** Endpoint of AWS KMS. @default - the endpoint of the region @example 'https://vpce-0123.kms.eu-central-1.vpce.amazonaws.com' */
  endpoint: text.optional(),
  ...kmsPluginFields,
};

const gcpckmsFields = {
  /** A key in Google Cloud KMS. @example 'gcpckms' @see https://developer.hashicorp.com/vault/docs/configuration/seal/gcpckms */
  type: z.literal('gcpckms'),
  /** Id of the project. @example 'collaboration-prod' */
  project: text,
  /** Location of the key ring. @example 'europe-west3' */
  region: text,
  /** Name of the key ring. @example 'vault' */
  keyRing: text,
  /** Name of the key. @example 'unseal' */
  cryptoKey: text,
  ...kmsPluginFields,
};

const azurekeyvaultFields = {
  /** A key in Azure Key Vault. @example 'azurekeyvault' @see https://developer.hashicorp.com/vault/docs/configuration/seal/azurekeyvault */
  type: z.literal('azurekeyvault'),
  /** Id of the tenant. @example '46646709-b63e-4747-be42-516edeaf1e14' */
  tenantId: text,
  /** Name of the key vault. @example 'hc-vault' */
  vaultName: text,
  /** Name of the key. @example 'unseal' */
  keyName: text,
  /** Client id that may use the key. @default - the managed identity of the machine @example '03dc33fc-16d9-4b77-8152-3ec568f8af6e' */
  clientId: text.optional(),
  /** Azure cloud. @default - "AZUREPUBLICCLOUD" @example 'AZUREUSGOVERNMENTCLOUD' */
  environment: text.optional(),
  /** Domain of the key vault. @default - "vault.azure.net" @example 'managedhsm.azure.net' */
  resource: text.optional(),
  ...kmsPluginFields,
};

const ocikmsFields = {
  /** A key in OCI Vault. @example 'ocikms' @see https://developer.hashicorp.com/vault/docs/configuration/seal/ocikms */
  type: z.literal('ocikms'),
  /** OCID of the key. @example 'ocid1.key.oc1.iad.afnxza26aag4s.abzwkljsbapzb2nr' */
  keyId: text,
  /** Cryptographic endpoint of the vault. @example 'https://afnxza26aag4s-crypto.kms.us-ashburn-1.oraclecloud.com' */
  cryptoEndpoint: text,
  /** Management endpoint of the vault. @example 'https://afnxza26aag4s-management.kms.us-ashburn-1.oraclecloud.com' */
  managementEndpoint: text,
  /** Use the API key in the server's `~/.oci/config`, and not the instance principal. @default - false @example true */
  authTypeApiKey: z.boolean().optional(),
  ...kmsPluginFields,
};

const pkcs11Fields = {
  /** A key in an HSM, which a slot or a token label selects. @example 'pkcs11' @see https://openbao.org/docs/configuration/seal/pkcs11/ */
  type: z.literal('pkcs11'),
  /** Path of the HSM's library on the server. @example '/usr/lib/softhsm/libsofthsm2.so' */
  lib: text,
  /** Label of the key. @example 'unseal' */
  keyLabel: text,
  /** Number of the slot, in decimal digits. @default - the slot with `tokenLabel` @example '2305843009213693953' */
  slot: text.optional(),
  /** Label of the token. @default - any token in `slot` @example 'vault' */
  tokenLabel: text.optional(),
  /** Id of the key. @default - any key with `keyLabel` @example '0x33333435363434373537' */
  keyId: text.optional(),
  /** Mechanism of the encryption. @default - the best mechanism of the HSM @example '0x1085' */
  mechanism: text.optional(),
  /** Label of the HMAC key, which Vault Enterprise needs. @default - none @example 'unseal-hmac' */
  hmacKeyLabel: text.optional(),
  ...kmsPluginFields,
};

export interface StaticSealFields extends Fields<typeof staticSealFields> {}
export interface TransitSealFields extends Fields<typeof transitSealFields> {}
export interface AwskmsFields extends Fields<typeof awskmsFields> {}
export interface GcpckmsFields extends Fields<typeof gcpckmsFields> {}
export interface AzurekeyvaultFields extends Fields<typeof azurekeyvaultFields> {}
export interface OcikmsFields extends Fields<typeof ocikmsFields> {}
export interface Pkcs11Fields extends Fields<typeof pkcs11Fields> {}

const seals: readonly [
  StrictObject<StaticSealFields>,
  StrictObject<TransitSealFields>,
  StrictObject<AwskmsFields>,
  StrictObject<GcpckmsFields>,
  StrictObject<AzurekeyvaultFields>,
  StrictObject<OcikmsFields>,
  StrictObject<Pkcs11Fields>,
] = [
  strictObject(staticSealFields),
  strictObject(transitSealFields, {
    token: from('VAULT_TOKEN'),
    tlsSkipVerify: 'which would accept any server; leave it out, and set the CA as tlsCaCert',
  }),
  strictObject(awskmsFields, {
    accessKey: from('AWS_ACCESS_KEY_ID'),
    secretKey: from('AWS_SECRET_ACCESS_KEY'),
    sessionToken: from('AWS_SESSION_TOKEN'),
  }),
  strictObject(gcpckmsFields, { credentials: from('GOOGLE_APPLICATION_CREDENTIALS, the path of that file,') }),
  strictObject(azurekeyvaultFields, { clientSecret: from('AZURE_CLIENT_SECRET') }),
  strictObject(ocikmsFields),
  strictObject(pkcs11Fields, { pin: from('BAO_HSM_PIN (OpenBao) or VAULT_HSM_PIN (Vault)') }),
];

/** Advice about a refused secret. */
function from(variable: string): string {
  return `which Terraform's state would show; leave it out and set ${variable} in the environment of the server`;
}

export const sealDeclaration = z.discriminatedUnion('type', seals, {
  error: ({ input }) => {
    const { type } = (input ?? {}) as { type?: unknown };
    const known = 'static, transit, awskms, gcpckms, azurekeyvault, ocikms or pkcs11';
    return `must be ${known}, got ${described(type)}; leave seal out for Shamir's seal, which people open`;
  },
});

export type SealDeclaration = z.output<typeof sealDeclaration>;
