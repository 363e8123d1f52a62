/** A word of a command line in a stack: quoted for `/bin/sh`, and past Terraform, which fills in templates first. */
export function shellWord(text: string): string {
  const quoted = /^[\w./@+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
  return quoted.replace(/([$%])\{/g, '$1$1{');
}
