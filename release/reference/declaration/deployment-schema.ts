import { z } from 'zod';
import { environmentReference } from '../../../lib/declaration/schema/environment-reference';
import type { Reference } from '../reference';
import { theDeclaration } from './declared-field';
import { rulesOf } from './field-rule';

type Json = z.core.JSONSchema.JSONSchema;

/** The JSON Schema of a declaration in YAML or JSON, for editors. */
export const deploymentSchemaReference: Reference = { path: 'docs/reference/deployment.schema.json', text };

const OPTIONS = { io: 'input', target: 'draft-7' } as const;

const REFERENCE_NAME = 'environmentReference';

/** Parts in which no field is: names of records, values of the chart, and values of defaults. */
const NO_FIELDS = ['propertyNames', 'definitions', 'default'];

function text(): string {
  const { everyPlace, json } = theDeclaration();
  const described = new Map<unknown, string>(
    everyPlace.map((field) => {
      const rules = rulesOf(field);
      const rule = rules.length === 0 ? '' : ` Rule: ${rules.join('; ')}.`;
      return [field.json, `${field.comment.description}${rule}`];
    }),
  );
  const { properties, definitions, ...others } = asDocument(json, described) as Json;
  const { $schema, ...reference }: Record<string, unknown> = z.toJSONSchema(environmentReference, OPTIONS);
  const whole = {
    $schema,
    title: 'Deployment of webex-token-vault',
    ...others,
    properties: { $schema: { description: 'Place of this JSON Schema, for editors.', type: 'string' }, ...properties },
    definitions: {
      ...(definitions as object),
      [REFERENCE_NAME]: {
        description: 'Value of the environment variable `env`, or `default` if the variable is unset.',
        ...reference,
      },
    },
  };
  return `${JSON.stringify(whole, undefined, 2)}\n`;
}

/** @returns a copy in which each field has its description, and each text may be a reference to the environment */
function asDocument(value: unknown, described: ReadonlyMap<unknown, string>): unknown {
  if (Array.isArray(value)) {
    return value.map((each) => asDocument(each, described));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const json = value as Json;
  const description = described.get(value);
  const entries = Object.entries(json).map(([key, each]) => {
    return [key, NO_FIELDS.includes(key) ? each : asDocument(each, described)] as const;
  });
  const { default: byDefault, ...rest } = Object.fromEntries(entries) as Json;
  const alone = {
    ...(description !== undefined && { description }),
    ...(byDefault !== undefined && { default: byDefault }),
  };
  return isText(json)
    ? { ...alone, anyOf: [rest, { $ref: `#/definitions/${REFERENCE_NAME}` }] }
    : { ...alone, ...rest };
}

function isText({ type, enum: choices, const: only }: Json): boolean {
  return type === 'string' && choices === undefined && only === undefined;
}
