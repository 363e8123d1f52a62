import type { DeclaredField } from './declared-field';

/** A literal, then perhaps a remark in parentheses. */
const LITERAL = /^(.+?)(?: \((.+)\))?$/s;

/** A `@default` tag: what happens without the field, or the schema's default with a remark. */
export type StatedDefault =
  | { readonly kind: 'words'; readonly words: string }
  | { readonly kind: 'literal'; readonly literal: string; readonly remark?: string };

export function statedDefault({ comment }: DeclaredField): StatedDefault | undefined {
  const text = comment.default;
  if (text === undefined) {
    return undefined;
  }
  if (text.startsWith('- ')) {
    return { kind: 'words', words: text.slice(2) };
  }
  const [, literal = text, remark] = LITERAL.exec(text) ?? [];
  return { kind: 'literal', literal, remark };
}

/** @returns true for an object whose own fields have the defaults */
export function hasDefaultsOfItsFields({ json }: DeclaredField): boolean {
  return json.properties !== undefined && JSON.stringify(json.default) === '{}';
}

/** @returns the default of a field, as Markdown */
export function defaultText(field: DeclaredField): string {
  const stated = statedDefault(field);
  if (field.isRequired) {
    return 'none, the field is required';
  }
  if (hasDefaultsOfItsFields(field)) {
    return 'the defaults of its fields';
  }
  if (stated?.kind === 'words') {
    return stated.words;
  }
  const literal = stated?.literal ?? JSON.stringify(field.json.default);
  return stated?.remark === undefined ? `\`${literal}\`` : `\`${literal}\` (${stated.remark})`;
}
