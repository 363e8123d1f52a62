import { z } from 'zod';

type Schema = z.core.$ZodType;

/** @returns the schema without what makes it optional, gives it a default or transforms it */
export function unwrapped(schema: Schema): Schema {
  if (schema instanceof z.ZodPipe) {
    return unwrapped(schema.in);
  }
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly
  ) {
    return unwrapped(schema.unwrap());
  }
  return schema;
}
