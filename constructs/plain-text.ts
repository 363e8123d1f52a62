/**
 * Text that Terraform is to take as it is, though a shell's `${...}` is in it. References of CDKTF stay references.
 *
 * @see https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences-1
 */
export function plainText(text: string): string {
  return text.replace(/([$%])(?=\{(?!TfToken\[))/g, '$1$1');
}
