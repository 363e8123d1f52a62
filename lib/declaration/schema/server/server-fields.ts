import { z } from 'zod';
import { wholeNumber } from '../fields';

/* Fields that several modes of the server have. */

export const imageReference = z.string().regex(/^[^@]+(?:@sha256:[0-9a-f]{64})?$/, {
  error: ({ input }) =>
    `must be an image, perhaps with "@sha256:" and the 64 hex digits of its digest, got "${String(input)}"; run "npm run digests" in a clone to read it from the registry`,
});

/** Name and tag of an image, with the digest behind the tag if it has one. */
export const TAGGED_IMAGE = /^([A-Za-z0-9][\w./:-]*?):(\w[\w.-]{0,127}(?:@sha256:[0-9a-f]{64})?)$/;

export function taggedImageProblem(image: unknown): string {
  return `must be an image with its tag, got "${String(image)}"; write it like "openbao/openbao:2.7.2", with its digest behind it if you like`;
}

export const serverFields = {
  /** @default "openbao" */
  product: z.enum(['openbao', 'vault']).default('openbao'),
  /**
   * An image with its tag. A digest behind the tag, as in "openbao/openbao:2.7.2@sha256:...", refuses another image.
   * @default - the pinned image of the product
   */
  image: imageReference.optional(),
  /**
   * Vault only: add the capability IPC_LOCK to the container. Images below 1.21.7, 2.0.0 and 2.0.1 may not start without it.
   * Pod Security "restricted" refuses a pod with it. @default - added if memory is locked (disableMlock)
   */
  ipcLock: z.boolean().optional(),
};

/** Fields of a server that keeps grants. */
export const clusterServerFields = {
  ...serverFields,
  /**
   * Vault only: memory may be swapped out, so the machine must not swap, or must encrypt it. False locks it, and adds the
   * capability IPC_LOCK. In a pod this needs an image whose program has the capability; HashiCorp's has none since 2.0.2.
   * OpenBao never locks its memory. @default true (as Vault advises with Raft)
   */
  disableMlock: z.boolean().optional(),
  /** Retention of metrics, which Prometheus fetches with a token; 0: no metrics. @default 86400 (24 h) */
  prometheusRetentionSeconds: wholeNumber(0).default(86400),
  /** Serve the web UI. @default false */
  ui: z.boolean().default(false),
  /** @default "info" */
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
};
