import { shellWord } from '#core';

/** A word of a command line in a stack: quoted for `/bin/sh`, and past Terraform, which fills in templates first. */
export function terraformWord(text: string): string {
  return shellWord(text).replace(/([$%])\{/g, '$1$1{');
}
