import { z } from 'zod';
import { wholeNumber } from './fields';

/*
 * Fields of the server that stack `vault-server` runs, which several of its modes have.
 */

export const serverFields = {
  /** @default "openbao" */
  flavour: z.enum(['openbao', 'vault']).default('openbao'),
  /** A tag, or a digest where the registry is not to be trusted with it. @default - the pinned image of the flavour */
  image: z.string().min(1).optional(),
};

/** Of a server that keeps grants. */
export const clusterServerFields = {
  ...serverFields,
  /**
   * Vault only: memory may be swapped out, so the machine must not swap, or must encrypt it. False locks it, for which
   * the server needs the capability IPC_LOCK. OpenBao never locks its memory. @default true (as Vault advises with Raft)
   */
  disableMlock: z.boolean().optional(),
  /** How long metrics are kept for Prometheus to fetch with a token; 0: no metrics. @default 86400 (24 h) */
  prometheusRetentionSeconds: wholeNumber(0).default(86400),
  /** Serve the web UI. @default false */
  ui: z.boolean().default(false),
  /** @default "info" */
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
};
