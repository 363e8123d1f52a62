import { z } from 'zod';
import { strictObject, type Fields, type StrictObject } from '../fields';

/*
 * The seals by a key service of a cloud or by an HSM, in the server's own words. None has a field for a secret: those
 * come from the machine's identity, or from the environment of the server.
 */

const text = z.string().min(1, 'must not be empty');

/** Vault has these seals built in; OpenBao since 2.7 has each as a plugin. @see https://openbao.org/docs/configuration/seal/#plugins */
export const kmsPluginFields = {
  /** File name of the KMS plugin in the plugin directory. OpenBao needs it. @default - none, as in Vault, which refuses one */
  pluginCommand: text.optional(),
  /** Hex sha256 of that file. @default - none, as `pluginCommand` */
  pluginSha256: text.optional(),
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

export interface AwskmsFields extends Fields<typeof awskmsFields> {}
export interface GcpckmsFields extends Fields<typeof gcpckmsFields> {}
export interface AzurekeyvaultFields extends Fields<typeof azurekeyvaultFields> {}
export interface OcikmsFields extends Fields<typeof ocikmsFields> {}
export interface Pkcs11Fields extends Fields<typeof pkcs11Fields> {}

const awskms: StrictObject<AwskmsFields> = strictObject(awskmsFields);
const gcpckms: StrictObject<GcpckmsFields> = strictObject(gcpckmsFields);
const azurekeyvault: StrictObject<AzurekeyvaultFields> = strictObject(azurekeyvaultFields);
const ocikms: StrictObject<OcikmsFields> = strictObject(ocikmsFields);
const pkcs11: StrictObject<Pkcs11Fields> = strictObject(pkcs11Fields);

/** By their type. */
export const kmsSeals = { awskms, gcpckms, azurekeyvault, ocikms, pkcs11 } as const;
