import { z } from 'zod';

/** Rotation of an integration's client secret, without a secret. */
export const rotationRecordSchema = z.object({
  /** The rotation that is running, or was killed; null if there is none. */
  running: z
    .object({
      id: z.string(),
      /** Person, machine and process, for people. */
      by: z.string(),
      /** Time of its last step. */
      at: z.iso.datetime({ offset: true }),
    })
    .nullable(),
});

export type RotationRecord = z.output<typeof rotationRecordSchema>;
