import type { ExplainedError } from '#core';
import { unknownToApplier } from './resource-types';

/*
 * The part of Terraform's template language that our stacks use: references to variables and attributes, alone or inside
 * text, and quoted text. Other expressions are refused by name.
 */

/** Looks up `var.name` or `type.id.attribute` by its dotted parts. */
export type Lookup = (reference: readonly string[]) => unknown;

const TEMPLATE = /(\$\$\{)|\$\{([^}]*)\}/g;
/** The format of `constructs/long-text.ts`. */
const QUOTED = /^\$\{"((?:[^"\\]+|\\.)*)"\}$/;
const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };
const REFERENCE = /^[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)+$/;

/** Replaces every reference in a value. A text that is one reference becomes its value, of any type. */
export function evaluate(value: unknown, lookup: Lookup): unknown {
  if (typeof value === 'string') {
    return evaluateText(value, lookup);
  }
  if (Array.isArray(value)) {
    return value.map((item) => evaluate(item, lookup));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, evaluate(item, lookup)]));
  }
  return value;
}

/** Every reference in a value, in the order of its text. */
export function references(value: unknown): string[][] {
  const found: string[][] = [];
  evaluate(value, (reference) => {
    found.push([...reference]);
    return '';
  });
  return found;
}

function evaluateText(text: string, lookup: Lookup): unknown {
  const quoted = QUOTED.exec(text)?.[1];
  if (quoted !== undefined) {
    return evaluateTemplate(unescaped(quoted), lookup);
  }
  const whole = /^\$\{([^}]*)\}$/.exec(text);
  if (whole) {
    return lookup(parse(whole[1] ?? ''));
  }
  return evaluateTemplate(text, lookup);
}

function evaluateTemplate(text: string, lookup: Lookup): string {
  return text.replace(TEMPLATE, (_, escaped: string | undefined, expression: string | undefined) =>
    escaped === undefined ? asText(lookup(parse(expression ?? ''))) : '${',
  );
}

function unescaped(quoted: string): string {
  return quoted.replace(/\\(.)/g, (escape, letter: string) => {
    const meant = ESCAPED[letter];
    if (meant === undefined) {
      throw unknownExpression(escape);
    }
    return meant;
  });
}

function parse(expression: string): string[] {
  const trimmed = expression.trim();
  if (!REFERENCE.test(trimmed)) {
    throw unknownExpression(trimmed);
  }
  return trimmed.split('.');
}

function unknownExpression(expression: string): ExplainedError {
  return unknownToApplier(`know the expression "${expression}"`);
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}
