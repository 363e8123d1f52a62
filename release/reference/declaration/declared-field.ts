import { z } from 'zod';
import { chartValues } from '../../../lib/declaration/schema/server/chart-values';
import { deploymentSchema } from '../../../lib/declaration/schema/deployment';
import { sealDeclaration } from '../../../lib/declaration/schema/server/seal-declaration';
import { unwrapped } from '../../../lib/declaration/schema/unwrapped-schema';
import { DeclaredType, type FieldComment } from './declared-type';

type Schema = z.core.$ZodType;
type Json = z.core.JSONSchema.JSONSchema;

/** A field of the declaration. */
export interface DeclaredField {
  /** As in `apps[].tokenTtlSeconds`. A server has its mode in it, and a seal its type: `vault.server(dev).port`. */
  readonly path: string;
  readonly name: string;
  readonly schema: Schema;
  /** Its part of the JSON Schema of the whole declaration. */
  readonly json: Json;
  readonly isRequired: boolean;
  readonly comment: FieldComment;
}

interface Node {
  readonly schema: Schema;
  readonly json: Json;
  readonly type: DeclaredType;
}

/** The declaration, with the JSON Schema that each field is a part of. */
export interface Declaration {
  /** Each field once. */
  readonly fields: readonly DeclaredField[];
  /** A seal's fields are there for each server that may have a seal. */
  readonly everyPlace: readonly DeclaredField[];
  readonly json: Json;
}

let known: Declaration | undefined;

/** It is read once for each process. Nobody may change its JSON Schema. */
export function theDeclaration(): Declaration {
  known ??= readDeclaration();
  return known;
}

function readDeclaration(): Declaration {
  const json = z.toJSONSchema(deploymentSchema, { io: 'input', target: 'draft-7' }) as Json;
  const fields: DeclaredField[] = [];

  function addFields({ schema, json, type }: Node, path: string): void {
    const bare = unwrapped(schema);
    if (bare === (chartValues as Schema)) {
      // The chart's own documentation describes these.
      return;
    }
    if (bare instanceof z.ZodArray) {
      addFields({ schema: bare.element, json: json.items as Json, type: type.element() }, `${path}[]`);
    } else if (bare instanceof z.ZodDiscriminatedUnion) {
      addVariants(bare, json, type, path);
    } else if (bare instanceof z.ZodObject) {
      addFieldsOfObject(bare, json, type, path);
    }
  }

  function addVariants(union: z.ZodDiscriminatedUnion, json: Json, type: DeclaredType, path: string): void {
    const { discriminator } = union.def;
    const name = (union as Schema) === (sealDeclaration as Schema) ? 'seal' : path;
    union.options.forEach((option, index) => {
      const value = literalOf(option, discriminator);
      const variant = { schema: option, json: json.oneOf?.[index] as Json, type: type.variant(discriminator, value) };
      addFields(variant, `${name}(${value})`);
    });
  }

  function addFieldsOfObject(object: z.ZodObject, json: Json, type: DeclaredType, path: string): void {
    for (const [name, schema] of Object.entries<Schema>(object.shape)) {
      const node: Node = { schema, json: json.properties?.[name] as Json, type: type.field(name) };
      const field = path === '' ? name : `${path}.${name}`;
      const isRequired = json.required?.includes(name) ?? false;
      fields.push({ path: field, name, schema, json: node.json, isRequired, comment: node.type.comment });
      addFields(node, field);
    }
  }

  addFields({ schema: deploymentSchema, json, type: DeclaredType.ofDeployment() }, '');
  return { fields: [...new Map(fields.map((field) => [field.path, field])).values()], everyPlace: fields, json };
}

function literalOf(option: Schema, discriminator: string): string {
  const field = option instanceof z.ZodObject ? (option.shape as Record<string, Schema>)[discriminator] : undefined;
  return field instanceof z.ZodLiteral ? String(field.value) : '';
}
