import { shellWord } from '#core';

/*
 * Texts in a stack. Terraform takes each for a template, in which it replaces expressions.
 */

/**
 * Text that Terraform is to take as it is, though a shell's `${...}` is in it. References of CDKTF stay references.
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

const MANY_LINES = 1000;

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r' };

/**
 * The same text, so that Terraform does not take minutes for it where it has thousands of lines. In JSON a text is a
 * template of which each line is a part of its own, and Terraform joins the parts one by one, which takes four times as
 * long for twice as many; it does so eight times and more in each plan. A text in quotes is one part, however long.
 *
 * @see https://github.com/hashicorp/hcl/blob/v2.23.0/hclsyntax/parser_template.go, `meldConsecutiveStringLiterals`
 */
export function longText(text: string): string {
  return text.split('\n', MANY_LINES).length < MANY_LINES
    ? text
    : `\${"${text.replace(/[\\"\n\r]/g, (letter) => ESCAPES[letter] ?? letter)}"}`;
}
