import type { TerraformResource } from 'cdktf';
import { shellWord } from '#core';

/* Texts in a stack. Each is a template, in which Terraform replaces expressions. */

/**
 * A literal text for Terraform, which may contain a shell's `${...}`. References of CDKTF stay references.
 *
 * @see https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences-1
 */
export function plainText(text: string): string {
  return text.replace(/([$%])(?=\{(?!TfToken\[))/g, '$1$1');
}

/** A word of a command line in a stack: quoted for `/bin/sh`, and escaped for Terraform, which reads it first. */
export function terraformWord(text: string): string {
  return plainText(shellWord(text));
}

/** CDKTF's own `fqn` is an expression, and some arguments of Terraform require the bare address. */
export function resourceAddress(resource: TerraformResource): string {
  return `${resource.terraformResourceType}.${resource.friendlyUniqueId}`;
}

const MANY_LINES = 1000;

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r' };

/**
 * A text of thousands of lines in quotes. In JSON each line of a text is a part of a template. Terraform joins the parts one
 * by one, eight times in a plan, and twice the lines take four times as long. A text in quotes is one part.
 *
 * @see https://github.com/hashicorp/hcl/blob/v2.23.0/hclsyntax/parser_template.go, `meldConsecutiveStringLiterals`
 */
export function longText(text: string): string {
  return text.split('\n', MANY_LINES).length < MANY_LINES
    ? text
    : `\${"${text.replace(/[\\"\n\r]/g, (letter) => ESCAPES[letter] ?? letter)}"}`;
}
