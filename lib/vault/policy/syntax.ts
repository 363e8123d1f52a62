import { ExplainedError } from '#core';

/*
 * The text of a policy, in HCL 1 or in JSON, as a tree. Of HCL it takes what policies are made of, and refuses what it
 * does not know, such as heredocs and interpolation: who may read a credential is not to be guessed. The parsers that npm
 * has are of HCL 2, which reads some texts otherwise, and of megabytes.
 *
 * @see https://github.com/hashicorp/hcl/blob/hcl1/README.md#syntax
 */

/** `path "a" { ... }`: keys `path` and `a`, and what they are of. In JSON each has one key. */
export interface PolicyItem {
  readonly keys: readonly string[];
  readonly value: PolicyValue;
}

export type PolicyValue =
  | { readonly kind: 'text'; readonly text: string }
  /** A number or a truth value, neither of which says who may read. */
  | { readonly kind: 'other' }
  | { readonly kind: 'list'; readonly values: readonly PolicyValue[] }
  | { readonly kind: 'object'; readonly items: readonly PolicyItem[] };

/** A policy that Vault may take, and we cannot tell what it means. */
export class PolicyUnreadable extends ExplainedError {
  override name = 'PolicyUnreadable';
}

/** Every item, those included that stand twice. @throws PolicyUnreadable */
export function parsePolicyText(text: string): readonly PolicyItem[] {
  // As Vault decides it.
  const isJson = text.trimStart().startsWith('{');
  const reader = new Reader(text, isJson);
  return isJson ? reader.document() : reader.items(undefined);
}

const SPACE = /[ \t\r\n]+/y;
const COMMENT = /(?:#|\/\/)[^\n]*|\/\*[^]*?\*\//y;
const WORD = /[A-Za-z_][\w.-]*/y;
const NUMBER = /-?\d[\w.+-]*/y;
/** Without an escape that only one of the two languages has. */
const STRING = /"(?:[^"\\\n\r]|\\["\\nrt]|\\u[0-9a-fA-F]{4})*"/y;

class Reader {
  #at = 0;

  constructor(
    private readonly text: string,
    private readonly isJson: boolean,
  ) {}

  /** One object of JSON, and nothing after it. */
  document(): readonly PolicyItem[] {
    this.#expect('{');
    const items = this.items('}');
    this.#skip();
    return this.#at === this.text.length ? items : this.#fail();
  }

  /** @param end what closes them; undefined: the end of the text */
  items(end: '}' | undefined): readonly PolicyItem[] {
    const items: PolicyItem[] = [];
    for (;;) {
      if (this.#isAtEnd(end)) {
        return items;
      }
      items.push(this.#item());
      const hasComma = this.#take(',');
      if (this.isJson && hasComma === this.#isNext('}')) {
        return this.#fail();
      }
    }
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
      // What lies between says nothing.
    }
  }

  #fail(): never {
    const line = this.text.slice(0, this.#at).split('\n').length;
    throw new PolicyUnreadable(`line ${line} is not written as policies usually are`);
  }
}

/** A tab stands in a string of HCL as it is, in one of JSON it may not. */
function escaped(quoted: string): string {
  return quoted.replaceAll('\t', '\\t');
}
