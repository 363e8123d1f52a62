import { z } from 'zod';
import { rules } from '../../../lib/declaration/schema/rules';
import { isWrapper } from '../../../lib/declaration/schema/unwrapped-schema';
import type { DeclaredField } from './declared-field';

type Schema = z.core.$ZodType;
type Json = z.core.JSONSchema.JSONSchema;

/** @returns the type of a field, as in TypeScript */
export function typeText(json: Json): string {
  if (json.const !== undefined) {
    return JSON.stringify(json.const);
  }
  const choices = json.enum?.map((value) => JSON.stringify(value)) ?? [];
  const members = json.anyOf?.map((each) => typeText(each)) ?? [];
  if (choices.length > 0 || members.length > 0) {
    return [...choices, ...members].join(' | ');
  }
  switch (json.oneOf === undefined ? json.type : 'object') {
    case 'array':
      return listText(typeText(json.items as Json));
    case 'object':
      return json.propertyNames === undefined
        ? 'object'
        : `Record<string, ${typeText(json.additionalProperties as Json)}>`;
    case undefined:
      return 'unknown';
    default:
      return String(json.type);
  }
}

function listText(element: string): string {
  return element.includes(' ') ? `(${element})[]` : `${element}[]`;
}

/** @returns the unit of a number, which its name tells */
export function unitOf({ name, json }: DeclaredField): string | undefined {
  if (json.type !== 'integer') {
    return undefined;
  }
  const [unit] = /(?:seconds|days)$/i.exec(name) ?? [];
  return unit?.toLowerCase();
}

/** @returns the bounds and the rules of a field, in words */
export function rulesOf({ json, schema }: DeclaredField): string[] {
  return [...boundsOf(json), ...statedRules(schema)];
}

function boundsOf(json: Json): string[] {
  const { minimum, exclusiveMinimum, maximum, minItems, minLength, format } = json;
  const least = typeof exclusiveMinimum === 'number' ? exclusiveMinimum + 1 : minimum;
  const most = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  return [
    ...(least !== undefined && most !== undefined ? [`from ${least} to ${most}`] : []),
    ...(least !== undefined && most === undefined ? [`at least ${least}`] : []),
    ...(minItems === undefined ? [] : [minItems === 1 ? 'not empty' : `at least ${minItems} elements`]),
    ...(minLength === undefined ? [] : ['not empty']),
    ...(format === 'email' ? ['an email address'] : []),
    ...(format === 'uri' ? ['an http or https URL'] : []),
  ];
}

/** @returns the registered rules of a schema, from the innermost to the outermost one, and those of a list's elements */
function statedRules(schema: Schema): string[] {
  const own = rules.get(schema as z.ZodType)?.rule;
  const inner = innerSchemas(schema).flatMap(statedRules);
  const ofParts = schema instanceof z.ZodArray ? inner.map((rule) => `each: ${rule}`) : inner;
  return [...new Set([...ofParts, ...(own === undefined ? [] : [own])])];
}

/** @returns the parts of a schema that a field has no field of its own for */
export function innerSchemas(schema: Schema): Schema[] {
  if (isWrapper(schema)) {
    return [schema.unwrap()];
  }
  if (schema instanceof z.ZodArray) {
    return schema.element instanceof z.ZodObject ? [] : [schema.element];
  }
  if (schema instanceof z.ZodRecord) {
    return [schema.valueType];
  }
  return schema instanceof z.ZodUnion && !(schema instanceof z.ZodDiscriminatedUnion) ? [...schema.options] : [];
}
