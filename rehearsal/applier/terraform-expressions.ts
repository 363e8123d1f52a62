import { ExplainedError } from '#core';

/*
 * The part of Terraform's template language that our stacks use: references to variables and to attributes of
 * resources, alone or inside text, and text in quotes. Anything else is refused by name rather than guessed at.
 */

/** Looks up `var.name` or `type.id.attribute`, given as its dotted parts. */
export type Lookup = (reference: readonly string[]) => unknown;

const TEMPLATE = /(\$\$\{)|\$\{([^}]*)\}/g;
/** As `constructs/long-text.ts` writes it. */
const QUOTED = /^\$\{"((?:[^"\\]+|\\.)*)"\}$/;
const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };
const REFERENCE = /^[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)+$/;

/** Replaces every reference below a value; a text that is one reference becomes the value itself, whatever its type. */
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

/** Whether `reference == "text"` holds: the only condition that our stacks set. */
export function evaluateCondition(condition: string, lookup: Lookup): boolean {
  const [, reference, expected] = /^\$\{\s*([^"=]+?)\s*==\s*"([^"\\$%]*)"\s*\}$/.exec(condition) ?? [];
  if (reference === undefined) {
    throw unknownExpression(condition);
  }
  return lookup(parse(reference)) === expected;
}

/** Every reference below a value, in the order of its text. */
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
  return new ExplainedError(
    `the rehearsal's applier does not know the expression "${expression}"; deploy this stack with Terraform or OpenTofu`,
  );
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}
