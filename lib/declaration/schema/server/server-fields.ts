import { z } from 'zod';
import { wholeNumber } from '../fields';
import { rules } from '../rules';

/* Fields that several modes of the server share. */

export const imageReference = z
  .string()
  .regex(/^[^@]+(?:@sha256:[0-9a-f]{64})?$/, {
    error: ({ input }) =>
      `must be an image, with or without "@sha256:" and 64 hex digits, got "${String(input)}"; run "npm run digests" in a clone to read the digest from the registry`,
  })
  .register(rules, { rule: 'an image; a digest after its tag is allowed' });

/** Name and tag of an image. The tag includes the digest, if there is one. */
export const TAGGED_IMAGE = /^([A-Za-z0-9][\w./:-]*?):(\w[\w.-]{0,127}(?:@sha256:[0-9a-f]{64})?)$/;

export function taggedImageProblem(image: unknown): string {
  return `must be an image with its tag, got "${String(image)}"; write it like "openbao/openbao:2.7.2"; a digest after the tag is allowed`;
}

const VAULT_ONLY = 'for product "vault" only';

export const serverFields = {
  /** Product of the server. @default "openbao" @example 'vault' */
  product: z.enum(['openbao', 'vault']).default('openbao'),
  /**
   * Image of the server, with its tag. With a digest after the tag, as in `openbao/openbao:2.7.2@sha256:...`, no other image
   * can run.
   * @default - the pinned image of the product
   * @example 'openbao/openbao:2.7.2'
   */
  image: imageReference.optional(),
  /**
   * Add the capability IPC_LOCK to the container. Images of Vault below 1.21.7, 2.0.0 and 2.0.1 may not start without it. Pod
   * Security "restricted" refuses a pod with it.
   * @default - true if `disableMlock` is false
   * @example true
   */
  ipcLock: z.boolean().optional().register(rules, { rule: VAULT_ONLY }),
};

/** Fields of a server that keeps grants. */
export const clusterServerFields = {
  ...serverFields,
  /**
   * Do not lock the server's memory. The machine must then not swap, or must encrypt its swap. False locks the memory and adds
   * the capability IPC_LOCK. In a pod, the program in the image must then have the capability; HashiCorp's has none since 2.0.2.
   * OpenBao never locks its memory.
   * @default - true, as Vault advises for Raft
   * @example false
   */
  disableMlock: z.boolean().optional().register(rules, { rule: VAULT_ONLY }),
  /** Time that the server keeps metrics. Prometheus reads them with a token. With 0, there are no metrics. @default 86400 (24 h) @example 3600 */
  prometheusRetentionSeconds: wholeNumber(0).default(86400),
  /** Serve the web UI. @default false @example true */
  ui: z.boolean().default(false),
  /** Lowest level that the server logs. @default "info" @example 'debug' */
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
};
