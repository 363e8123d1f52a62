import type { z } from 'zod';
import type { Reference } from '../reference';
import { theDeclaration } from './declared-field';
import { rulesOf } from './field-rule';

/** The JSON Schema of a declaration, for editors and for declarations that are JSON. */
export const deploymentSchemaReference: Reference = { path: 'docs/reference/deployment.schema.json', text };

function text(): string {
  const { everyPlace, json } = theDeclaration();
  const described = new Map<unknown, string>(
    everyPlace.map((field) => {
      const rules = rulesOf(field);
      const rule = rules.length === 0 ? '' : ` Rule: ${rules.join('; ')}.`;
      return [field.json, `${field.comment.description}${rule}`];
    }),
  );
  const withDescriptions = { ...json, title: 'Deployment of webex-token-vault' };
  return `${JSON.stringify(withDescription(withDescriptions, described), undefined, 2)}\n`;
}

/** @returns a copy in which each field's part has its description */
function withDescription(value: unknown, described: ReadonlyMap<unknown, string>): unknown {
  if (Array.isArray(value)) {
    return value.map((each) => withDescription(each, described));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const description = described.get(value);
  const entries = Object.entries(value as z.core.JSONSchema.JSONSchema).map(
    ([key, each]) => [key, withDescription(each, described)] as const,
  );
  return { ...(description !== undefined && { description }), ...Object.fromEntries(entries) };
}
