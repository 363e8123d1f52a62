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
