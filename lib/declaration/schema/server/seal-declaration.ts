import { z } from 'zod';
import { described, httpsUrl, strictObject, type Fields, type StrictObject } from '../fields';

/*
 * Seals, in the server's own words. No field holds a secret: a secret comes from a file that the server reads, from its
 * environment, or from the machine's identity.
 */

const text = z.string().min(1, 'must not be empty');

/** @see https://openbao.org/docs/configuration/seal/static/ */
const staticSealFields = {
  type: z.literal('static'),
  /** Name of the key. It never changes: another key needs another name. */
  currentKeyId: text,
  /** File on the Docker host with the key: 32 bytes, or those in hex or base64 without a line end. */
  currentKeyFile: text,
  /** Name of the previous key, until the server has started once with both keys. @default - none */
  previousKeyId: text.optional(),
  /** File on the Docker host with the previous key. @default - none */
  previousKeyFile: text.optional(),
};

/** @see https://openbao.org/docs/configuration/seal/transit/ */
const transitSealFields = {
  type: z.literal('transit'),
  /** The other Vault or OpenBao server, https. */
  address: httpsUrl,
  /** Name of its transit key. */
  keyName: text,
  /** Path of its transit engine. @default "transit/" */
  mountPath: text.default('transit/'),
  /** Namespace of the transit engine. @default - the root namespace */
  namespace: text.optional(),
  /** Something else renews the token. @default false */
  disableRenewal: z.boolean().optional(),
  /** PEM file of the CA that signed its certificate, as the server sees it. @default - the system's CAs */
  tlsCaCert: text.optional(),
  /** PEM file of the client certificate. @default - none */
  tlsClientCert: text.optional(),
  /** PEM file of the key of that certificate. @default - none */
  tlsClientKey: text.optional(),
  /** Host name in its certificate. @default - that of the address */
  tlsServerName: text.optional(),
};

/** Vault has these seals built in; OpenBao since 2.7 has each as a plugin. @see https://openbao.org/docs/configuration/seal/#plugins */
const kmsPluginFields = {
  /** File name of the KMS plugin in the plugin directory. OpenBao needs it. @default - none, as in Vault, which refuses one */
  pluginCommand: text.optional(),
  /** Hex sha256 of that file. @default - none, as `pluginCommand` */
  pluginSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, {
      error: ({ input }) => `must be 64 lower-case hex digits, got "${String(input)}"; run sha256sum on the plugin`,
    })
    .optional(),
};

/** @see https://developer.hashicorp.com/vault/docs/configuration/seal/awskms */
const awskmsFields = {
  type: z.literal('awskms'),
  kmsKeyId: text,
  /** @default - that of the server's environment or instance */
  region: text.optional(),
  /** @default - that of the region */
  endpoint: text.optional(),
  ...kmsPluginFields,
};

/** @see https://developer.hashicorp.com/vault/docs/configuration/seal/gcpckms */
const gcpckmsFields = {
  type: z.literal('gcpckms'),
  project: text,
  region: text,
  keyRing: text,
  cryptoKey: text,
  ...kmsPluginFields,
};

/** @see https://developer.hashicorp.com/vault/docs/configuration/seal/azurekeyvault */
const azurekeyvaultFields = {
  type: z.literal('azurekeyvault'),
  tenantId: text,
  vaultName: text,
  keyName: text,
  /** @default - the managed identity of the machine */
  clientId: text.optional(),
  /** @default "AZUREPUBLICCLOUD" */
  environment: text.optional(),
  /** @default "vault.azure.net" */
  resource: text.optional(),
  ...kmsPluginFields,
};

/** @see https://developer.hashicorp.com/vault/docs/configuration/seal/ocikms */
const ocikmsFields = {
  type: z.literal('ocikms'),
  keyId: text,
  cryptoEndpoint: text,
  managementEndpoint: text,
  /** The API key in `~/.oci/config` of the server, not the instance principal. @default false */
  authTypeApiKey: z.boolean().optional(),
  ...kmsPluginFields,
};

/** A slot or a token label, and the key. @see https://openbao.org/docs/configuration/seal/pkcs11/ */
const pkcs11Fields = {
  type: z.literal('pkcs11'),
  /** Path of the HSM's library on the server. */
  lib: text,
  keyLabel: text,
  /** In decimal digits. @default - the one with the token label */
  slot: text.optional(),
  /** @default - that of the slot */
  tokenLabel: text.optional(),
  /** @default - any with that label */
  keyId: text.optional(),
  /** @default - the best that the HSM has */
  mechanism: text.optional(),
  /** Vault Enterprise's second key. @default - none */
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
    tlsSkipVerify: 'which would accept any server; leave it out and give the CA as tlsCaCert',
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

/** Advice about a secret. */
function from(variable: string): string {
  return `which Terraform's state would show; leave it out and set ${variable} in the environment of the server`;
}

export const sealDeclaration = z.discriminatedUnion('type', seals, {
  error: ({ input }) => {
    const { type } = (input ?? {}) as { type?: unknown };
    const known = 'static, transit, awskms, gcpckms, azurekeyvault, ocikms or pkcs11';
    return `must be ${known}, got ${described(type)}; leave seal out for Shamir's, where people unseal it`;
  },
});

export type SealDeclaration = z.output<typeof sealDeclaration>;
