import { z } from 'zod';
import type { FieldProblem } from '../../checks/described-issue';
import { environmentReference } from '../../schema/environment-reference';
import { unwrapped } from '../../schema/unwrapped-schema';
import type { DeclaredNode } from './document';

type Schema = z.core.$ZodType;
type Path = readonly PropertyKey[];
type Scalar = Extract<DeclaredNode, { readonly kind: 'scalar' }>;
type ObjectNode = Extract<DeclaredNode, { readonly kind: 'object' }>;

/**
 * The value of a document. `{ env: NAME }` in the place of a text becomes the value of the variable. Only the schema tells such a
 * place from an object that has a field `env` of its own, as claims and labels may.
 */
export class DeclaredValue {
  readonly value: unknown;
  /** Fields that no declaration may have this way, each with its problem. */
  readonly problems: FieldProblem[] = [];
  /** Fields that are undefined, as `process.env.NAME` is in TypeScript, because their variable is unset. */
  readonly unset: { readonly path: Path; readonly variable: string }[] = [];

  constructor(
    root: DeclaredNode,
    schema: Schema,
    private readonly env: NodeJS.ProcessEnv,
  ) {
    this.value = this.#read(root, schema, []);
  }

  #read(node: DeclaredNode, declared: Schema | undefined, path: Path): unknown {
    const schema = declared && memberFor(unwrapped(declared), node);
    switch (node.kind) {
      case 'scalar':
        return isText(schema) ? this.#text(node, declared, path) : node.value;
      case 'list':
        return this.#list(node.items, schema, path);
      case 'object':
        return isReference(node, schema) ? this.#reference(node, path) : this.#object(node, schema, path);
    }
  }

  #list(items: readonly DeclaredNode[], schema: Schema | undefined, path: Path): unknown {
    if (isText(schema)) {
      this.problems.push({ path, message: 'must be a text, got a list; write one text' });
    }
    const element = schema instanceof z.ZodArray ? schema.element : freeOr(schema);
    return items.map((item, index) => this.#read(item, element, [...path, index]));
  }

  #object({ fields }: ObjectNode, schema: Schema | undefined, path: Path): unknown {
    if (isText(schema)) {
      this.problems.push({ path, message: 'must be a text, got an object; write a text or { env: NAME }' });
    } else if (fields.has('env') && isScalar(schema)) {
      this.problems.push({
        path,
        message: 'must be written out, because only a field of type string takes { env: NAME }',
      });
    }
    const entries = [...fields].map(([name, { node }]) => {
      return [name, this.#read(node, fieldOf(schema, name), [...path, name])] as const;
    });
    return Object.fromEntries(entries);
  }

  #text({ value, source }: Scalar, declared: Schema | undefined, path: Path): unknown {
    if (value === null && !z.safeParse(declared ?? z.never(), null).success) {
      this.problems.push({ path, message: 'must be a text, got nothing; write one, or leave the field out' });
    } else if (typeof value === 'number' || typeof value === 'boolean') {
      const message = `must be a text, but ${source} without quotes is a ${typeof value}; write "${source}"`;
      this.problems.push({ path, message });
    }
    return value;
  }

  #reference(node: ObjectNode, path: Path): string | undefined {
    const parsed = environmentReference.safeParse(new DeclaredValue(node, z.any(), {}).value);
    if (!parsed.success) {
      this.problems.push(...parsed.error.issues.map((issue) => ({ ...issue, path: [...path, ...issue.path] })));
      return undefined;
    }
    const { env: variable, default: byDefault } = parsed.data;
    const value = this.env[variable] ?? byDefault;
    if (value === undefined) {
      this.unset.push({ path, variable });
    }
    return value;
  }
}

/** @returns the member of a union that a value is meant for */
function memberFor(schema: Schema, node: DeclaredNode): Schema | undefined {
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const { discriminator } = schema.def;
    const given = node.kind === 'object' ? node.fields.get(discriminator)?.node : undefined;
    const value = given?.kind === 'scalar' ? given.value : undefined;
    return schema.options.find((option) => z.safeParse(fieldOf(option, discriminator) ?? z.never(), value).success);
  }
  if (schema instanceof z.ZodUnion) {
    return schema.options
      .map(unwrapped)
      .find((option) => (node.kind === 'list' ? option instanceof z.ZodArray : isText(option)));
  }
  return schema;
}

function fieldOf(schema: Schema | undefined, name: string): Schema | undefined {
  if (schema instanceof z.ZodObject) {
    return Object.hasOwn(schema.shape, name) ? (schema.shape as Record<string, Schema>)[name] : undefined;
  }
  return schema instanceof z.ZodRecord ? schema.valueType : freeOr(schema);
}

/** Parts of a value of any type have any type too. */
function freeOr(schema: Schema | undefined): Schema | undefined {
  return schema instanceof z.ZodUnknown ? schema : undefined;
}

function isReference({ fields }: ObjectNode, schema: Schema | undefined): boolean {
  const isNothingElse = [...fields.keys()].every((name) => Object.hasOwn(environmentReference.shape, name));
  return fields.has('env') && (isText(schema) || (schema instanceof z.ZodUnknown && isNothingElse));
}

function isText(schema: Schema | undefined): boolean {
  return schema?._zod.def.type === 'string';
}

function isScalar(schema: Schema | undefined): boolean {
  return ['boolean', 'enum', 'literal', 'number'].includes(schema?._zod.def.type ?? '');
}
