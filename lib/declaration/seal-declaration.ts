import { z } from 'zod';

/*
 * The seals that `deployment.ts` can declare, in the server's own words. None has a field for a secret: those come from
 * files that the server reads, or from its environment.
 */

const text = z.string().min(1, 'must not be empty');

/** OpenBao 2.7 and later has the key services as plugins. */
const kmsPlugin = {
  /** File name of the KMS plugin in the plugin directory. @default - built in, as in Vault */
  pluginCommand: text.optional(),
  /** Hex sha256 of that file. @default - built in, as in Vault */
  pluginSha256: text.optional(),
};

/** @see constructs/server/static-seal.ts */
const staticSeal = z.strictObject({
  type: z.literal('static'),
  /** Name of the key, for ever: another key needs another name. */
  currentKeyId: text,
  /** File on the Docker host with the key: 32 bytes, or those in hex or base64 without a line end. */
  currentKeyFile: text,
  /** Name of the key before it, until the server has started once with both. @default - none */
  previousKeyId: text.optional(),
  /** File on the Docker host with that key. @default - none */
  previousKeyFile: text.optional(),
});

/** @see constructs/server/transit-seal.ts */
const transitSeal = z.strictObject({
  type: z.literal('transit'),
  /** The other Vault or OpenBao server, https. */
  address: text,
  /** Name of its transit key. */
  keyName: text,
  /** @default "transit/" */
  mountPath: text.optional(),
  /** @default - the root namespace */
  namespace: text.optional(),
  /** @default false */
  disableRenewal: z.boolean().optional(),
  /** PEM file of its CA as the server sees it, in the seal folder. @default - the system's CAs */
  tlsCaCert: text.optional(),
  /** @default - none */
  tlsClientCert: text.optional(),
  /** @default - none */
  tlsClientKey: text.optional(),
  /** @default - that of the address */
  tlsServerName: text.optional(),
});

/** @see constructs/server/kms-seal.ts */
const kmsSeals = [
  z.strictObject({
    type: z.literal('awskms'),
    kmsKeyId: text,
    region: text.optional(),
    endpoint: text.optional(),
    ...kmsPlugin,
  }),
  z.strictObject({
    type: z.literal('gcpckms'),
    project: text,
    region: text,
    keyRing: text,
    cryptoKey: text,
    ...kmsPlugin,
  }),
  z.strictObject({
    type: z.literal('azurekeyvault'),
    tenantId: text,
    vaultName: text,
    keyName: text,
    clientId: text.optional(),
    environment: text.optional(),
    resource: text.optional(),
    ...kmsPlugin,
  }),
  z.strictObject({
    type: z.literal('ocikms'),
    keyId: text,
    cryptoEndpoint: text,
    managementEndpoint: text,
    authTypeApiKey: z.boolean().optional(),
    ...kmsPlugin,
  }),
  z.strictObject({
    type: z.literal('pkcs11'),
    lib: text,
    keyLabel: text,
    slot: text.optional(),
    tokenLabel: text.optional(),
    keyId: text.optional(),
    mechanism: text.optional(),
    hmacKeyLabel: text.optional(),
    ...kmsPlugin,
  }),
] as const;

export const sealDeclaration = z.discriminatedUnion('type', [staticSeal, transitSeal, ...kmsSeals], {
  error: ({ input }) => {
    const { type } = (input ?? {}) as { type?: unknown };
    const known = 'static, transit, awskms, gcpckms, azurekeyvault, ocikms or pkcs11';
    return `must be ${known}, got "${String(type)}"; leave seal out for Shamir's, where people unseal it`;
  },
});

export type SealDeclaration = z.output<typeof sealDeclaration>;
