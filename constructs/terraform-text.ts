import type { TerraformResource } from 'cdktf';
import { shellWord } from '#core';

/* Texts in a stack. Each text is a template: Terraform replaces expressions in it. */

/**
 * A literal text for Terraform, which may contain a shell's `${...}`. References of CDKTF stay references.
 *
 * @see https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences-1
 */
export function plainText(text: string): string {
  return text.replace(/([$%])(?=\{(?!TfToken\[))/g, '$1$1');
}

/** A word of a command line in a stack. It is quoted for `/bin/sh`, and escaped for Terraform, which reads it first. */
export function terraformWord(text: string): string {
  return plainText(shellWord(text));
}

/** Address of a resource. CDKTF's `fqn` is an expression, but some arguments of Terraform require the plain address. */
export function resourceAddress(resource: TerraformResource): string {
  return `${resource.terraformResourceType}.${resource.friendlyUniqueId}`;
}

const MANY_LINES = 1000;

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r' };

/**
 * Quotes a text of thousands of lines. In JSON, each line of a text is a part of a template. Terraform joins the parts one by one,
 * eight times in a plan. Twice as many lines take four times as long. A quoted text is one part.
 *
 * @see https://github.com/hashicorp/hcl/blob/v2.23.0/hclsyntax/parser_template.go, `meldConsecutiveStringLiterals`
 */
export function longText(text: string): string {
  return text.split('\n', MANY_LINES).length < MANY_LINES
    ? text
    : `\${"${text.replace(/[\\"\n\r]/g, (letter) => ESCAPES[letter] ?? letter)}"}`;
}
