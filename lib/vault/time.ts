import { z } from 'zod';

/** A time as Vault and our records write it. */
export const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
