import { z } from 'zod';

type Schema = z.core.$ZodType;

/** A schema that makes another one optional, or gives it a default. */
type Wrapper = z.ZodOptional | z.ZodDefault | z.ZodPrefault | z.ZodNullable | z.ZodReadonly;

export function isWrapper(schema: Schema): schema is Wrapper {
  return [z.ZodOptional, z.ZodDefault, z.ZodPrefault, z.ZodNullable, z.ZodReadonly].some(
    (wrapper) => schema instanceof wrapper,
  );
}

/** @returns the schema without what makes it optional, gives it a default or transforms it */
export function unwrapped(schema: Schema): Schema {
  if (schema instanceof z.ZodPipe) {
    return unwrapped(schema.in);
  }
  return isWrapper(schema) ? unwrapped(schema.unwrap()) : schema;
}
