import { ExplainedError } from '#core';

/*
 * The text of a policy, in HCL 1 or in JSON, as a tree. The parser takes the part of HCL that policies use, and refuses
 * the rest, such as heredocs and interpolation, because rights on a credential must not be guessed. The parsers on npm
 * are for HCL 2, which differs, and take megabytes.
 *
 * @see https://github.com/hashicorp/hcl/blob/hcl1/README.md#syntax
 */

/** `path "a" { ... }` has the keys `path` and `a`. In JSON each item has one key. */
export interface PolicyItem {
  readonly keys: readonly string[];
  readonly value: PolicyValue;
}

export type PolicyValue =
  | { readonly kind: 'text'; readonly text: string }
  /** A number or a truth value. Neither grants a right. */
  | { readonly kind: 'other' }
  | { readonly kind: 'list'; readonly values: readonly PolicyValue[] }
  | { readonly kind: 'object'; readonly items: readonly PolicyItem[] };

/** A policy that Vault may accept, but whose meaning is unknown to this parser. */
export class PolicyUnreadable extends ExplainedError {
  override name = 'PolicyUnreadable';
}

/** Every item, with duplicates. @throws PolicyUnreadable */
export function parsePolicyText(text: string): readonly PolicyItem[] {
  // Vault decides in the same way.
  const isJson = text.trimStart().startsWith('{');
  const reader = new Reader(text, isJson);
  return isJson ? reader.document() : reader.items(undefined);
}

const SPACE = /[ \t\r\n]+/y;
const COMMENT = /(?:#|\/\/)[^\n]*|\/\*[^]*?\*\//y;
const WORD = /[A-Za-z_][\w.-]*/y;
const NUMBER = /-?\d[\w.+-]*/y;
/** Escapes of both languages only. */
const STRING = /"(?:[^"\\\n\r]|\\["\\nrt]|\\u[0-9a-fA-F]{4})*"/y;

class Reader {
  #at = 0;

  constructor(
    private readonly text: string,
    private readonly isJson: boolean,
  ) {}

  document(): readonly PolicyItem[] {
    this.#expect('{');
    const items = this.items('}');
    this.#skip();
    return this.#at === this.text.length ? items : this.#fail();
  }

  /** @param end undefined for the end of the text */
  items(end: '}' | undefined): readonly PolicyItem[] {
    const items: PolicyItem[] = [];
    while (!this.#isAtEnd(end)) {
      items.push(this.#item());
      const hasComma = this.#take(',');
      if (this.isJson && hasComma === this.#isNext('}')) {
        this.#fail();
      }
    }
    return items;
  }

  #item(): PolicyItem {
    const keys = [this.#key()];
    if (this.isJson) {
      this.#expect(':');
      return { keys, value: this.#value() };
    }
    while (!this.#isNext('=') && !this.#isNext('{')) {
      keys.push(this.#key());
    }
    if (!this.#take('=')) {
      return { keys, value: this.#value() };
    }
    return keys.length === 1 ? { keys, value: this.#value() } : this.#fail();
  }

  #key(): string {
    return this.#string() ?? (this.isJson ? undefined : this.#match(WORD)) ?? this.#fail();
  }

  #value(): PolicyValue {
    const text = this.#string();
    if (text !== undefined) {
      return { kind: 'text', text };
    }
    if (this.#take('{')) {
      return { kind: 'object', items: this.items('}') };
    }
    if (this.#take('[')) {
      return { kind: 'list', values: this.#values() };
    }
    const word = this.#match(NUMBER) ?? this.#match(WORD) ?? '';
    return /^(?:true|false|-?\d+(?:\.\d+)?)$/.test(word) ? { kind: 'other' } : this.#fail();
  }

  #values(): readonly PolicyValue[] {
    const values: PolicyValue[] = [];
    while (!this.#take(']')) {
      values.push(this.#value());
      const hasComma = this.#take(',');
      if (hasComma ? this.isJson && this.#isNext(']') : !this.#isNext(']')) {
        this.#fail();
      }
    }
    return values;
  }

  #string(): string | undefined {
    const quoted = this.#match(STRING);
    return quoted?.includes('${') ? this.#fail() : quoted && (JSON.parse(escaped(quoted)) as string);
  }

  #isAtEnd(end: '}' | undefined): boolean {
    this.#skip();
    return end === undefined ? this.#at === this.text.length : this.#take(end);
  }

  #isNext(character: string): boolean {
    this.#skip();
    return this.text[this.#at] === character;
  }

  #take(character: string): boolean {
    const isThere = this.#isNext(character);
    this.#at += isThere ? 1 : 0;
    return isThere;
  }

  #expect(character: string): void {
    if (!this.#take(character)) {
      this.#fail();
    }
  }

  #match(pattern: RegExp): string | undefined {
    this.#skip();
    return this.#matchHere(pattern);
  }

  #matchHere(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.text) ?? [];
    this.#at += found?.length ?? 0;
    return found;
  }

  #skip(): void {
    while (this.#matchHere(SPACE) !== undefined || (!this.isJson && this.#matchHere(COMMENT) !== undefined)) {
      // Space and comments have no meaning.
    }
  }

  #fail(): never {
    const line = this.text.slice(0, this.#at).split('\n').length;
    throw new PolicyUnreadable(`line ${line} has an unusual form`);
  }
}

/** HCL allows a tab in a string, and JSON does not. */
function escaped(quoted: string): string {
  return quoted.replaceAll('\t', '\\t');
}
