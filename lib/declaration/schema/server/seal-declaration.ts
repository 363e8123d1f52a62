import { z } from 'zod';
import { described, strictObject, type Fields, type StrictObject } from '../fields';
import { kmsSeals } from './kms-seal-declaration';

/*
 * The seals that `deployment.ts` can declare, in the server's own words. None has a field for a secret: those come from
 * files that the server reads, or from its environment. The constructs have their settings from here.
 */

const text = z.string().min(1, 'must not be empty');

const keyNameFields = {
  type: z.literal('static'),
  /** Name of the key, for ever: another key needs another name. */
  currentKeyId: text,
  /** Name of the key before it, until the server has started once with both. @default - none */
  previousKeyId: text.optional(),
};

const staticSealFields = {
  ...keyNameFields,
  /** Where the server finds the 32-byte key: `file:///...`, or `env://...` for a variable of its environment. */
  currentKey: text,
  /** Where the server finds the previous key. @default - none */
  previousKey: text.optional(),
};

export interface StaticSealFields extends Fields<typeof staticSealFields> {}

/** As the server has it. */
export const staticSeal: StrictObject<StaticSealFields> = strictObject(staticSealFields);

const mountedStaticSealFields = {
  ...keyNameFields,
  /** File on the Docker host with the key: 32 bytes, or those in hex or base64 without a line end. */
  currentKeyFile: text,
  /** File on the Docker host with the previous key. @default - none */
  previousKeyFile: text.optional(),
};

export interface MountedStaticSealFields extends Fields<typeof mountedStaticSealFields> {}

/** As it is declared: by files that are mounted into the container. */
const mountedStaticSeal: StrictObject<MountedStaticSealFields> = strictObject(mountedStaticSealFields);

const transitSealFields = {
  type: z.literal('transit'),
  /** The other Vault or OpenBao server, https. */
  address: text,
  /** Name of its transit key. */
  keyName: text,
  /** Where its transit engine is mounted. @default "transit/" */
  mountPath: text.default('transit/'),
  /** Its namespace. @default - the root namespace */
  namespace: text.optional(),
  /** The token is kept alive by something else. @default false */
  disableRenewal: z.boolean().optional(),
  /** PEM file of the CA that signed its certificate, as the server sees it. @default - the system's CAs */
  tlsCaCert: text.optional(),
  /** PEM file of a certificate to show to it. @default - none */
  tlsClientCert: text.optional(),
  /** PEM file of the key of that certificate. @default - none */
  tlsClientKey: text.optional(),
  /** Host name in its certificate. @default - that of the address */
  tlsServerName: text.optional(),
};

export interface TransitSealFields extends Fields<typeof transitSealFields> {}

export const transitSeal: StrictObject<TransitSealFields> = strictObject(transitSealFields);

export const sealDeclaration = z.discriminatedUnion(
  'type',
  [
    mountedStaticSeal,
    transitSeal,
    kmsSeals.awskms,
    kmsSeals.gcpckms,
    kmsSeals.azurekeyvault,
    kmsSeals.ocikms,
    kmsSeals.pkcs11,
  ],
  {
    error: ({ input }) => {
      const { type } = (input ?? {}) as { type?: unknown };
      const known = 'static, transit, awskms, gcpckms, azurekeyvault, ocikms or pkcs11';
      return `must be ${known}, got ${described(type)}; leave seal out for Shamir's, where people unseal it`;
    },
  },
);

export type SealDeclaration = z.output<typeof sealDeclaration>;
