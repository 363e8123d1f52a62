import type { z } from 'zod';

/**
 * The fields of a schema as they are given, each that is not by its default.
 *
 * Nothing is validated: in a stack, what is given may be a reference that only Terraform can look at.
 */
export function withDefaults<Schema extends z.ZodObject>(
  { shape }: Schema,
  given: Readonly<z.input<Schema>>,
): z.output<Schema> {
  const fields = Object.entries(shape as Record<string, z.ZodType>).map(([name, field]) => {
    const value = (given as Readonly<Record<string, unknown>>)[name];
    return [name, value === undefined ? field.safeParse(undefined).data : value];
  });
  return Object.fromEntries(fields) as z.output<Schema>;
}
