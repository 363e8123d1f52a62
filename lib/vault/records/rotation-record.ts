import { z } from 'zod';

/** What is noted of the rotations of an integration's client secret; no secret is in it. */
export const rotationRecordSchema = z.object({
  /** The rotation that is under way, or was when it was killed; null: none is. */
  running: z
    .object({
      /** Of this rotation and no other. */
      id: z.string(),
      /** Person, machine and process, to be shown. */
      by: z.string(),
      /** When it last did something. */
      at: z.iso.datetime({ offset: true }),
    })
    .nullable(),
});

export type RotationRecord = z.output<typeof rotationRecordSchema>;
