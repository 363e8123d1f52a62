import { type DeclaredDocument, type DeclaredNode, type Refuse, refusalOf } from './document';

/** More levels than any declaration has. A parser that calls itself has a limited stack. */
const MOST_LEVELS = 100;

const SPACE = /[ \t\n\r]*/y;
const SCALAR =
  // eslint-disable-next-line no-control-regex -- JSON allows no control character in a text
  /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * Parses a declaration in JSON. `JSON.parse` gives no place of a field, takes the last of two equal ones, and on Node 20 its errors
 * have no place.
 *
 * @param file name of the file in messages
 * @throws ExplainedError with the place of the first problem
 */
export function jsonDocument(text: string, file: string): DeclaredDocument {
  return { text, root: new JsonText(text, refusalOf(text, file)).document() };
}

class JsonText {
  #offset = 0;

  constructor(
    private readonly text: string,
    private readonly refuse: Refuse,
  ) {}

  document(): DeclaredNode {
    const root = this.#value(0);
    return this.#skipSpace() < this.text.length ? this.#refuseNext('the end of the file') : root;
  }

  #value(level: number): DeclaredNode {
    const offset = this.#skipSpace();
    if (level > MOST_LEVELS) {
      return this.refuse('this JSON is nested too deeply', offset);
    }
    if (this.#takes('{')) {
      return this.#object(level, offset);
    }
    if (this.#takes('[')) {
      return { kind: 'list', items: this.#members(']', () => this.#value(level + 1)), offset };
    }
    const source = this.#match(SCALAR) ?? this.#refuseNext('a value');
    return { kind: 'scalar', value: JSON.parse(source) as string | number | boolean | null, source, offset };
  }

  #object(level: number, offset: number): DeclaredNode {
    const fields = new Map<string, { readonly offset: number; readonly node: DeclaredNode }>();
    this.#members('}', () => {
      const at = this.#skipSpace();
      const source = this.text[at] === '"' ? this.#match(SCALAR) : undefined;
      const name = JSON.parse(source ?? this.#refuseNext('the name of a field in double quotes')) as string;
      if (fields.has(name)) {
        this.refuse(`field "${name}" is declared twice`, at, 'remove one of the two');
      }
      this.#require(':');
      fields.set(name, { offset: at, node: this.#value(level + 1) });
    });
    return { kind: 'object', fields, offset };
  }

  /** Members with commas between them, up to the closing bracket. */
  #members<Member>(close: string, member: () => Member): readonly Member[] {
    if (this.#takes(close)) {
      return [];
    }
    const members = [member()];
    while (!this.#takes(close)) {
      this.#require(',', close);
      members.push(member());
    }
    return members;
  }

  #require(expected: string, ...others: readonly string[]): void {
    if (!this.#takes(expected)) {
      this.#refuseNext([expected, ...others].map((each) => `"${each}"`).join(' or '));
    }
  }

  #takes(punctuation: string): boolean {
    const isNext = this.text[this.#skipSpace()] === punctuation;
    this.#offset += isNext ? 1 : 0;
    return isNext;
  }

  #skipSpace(): number {
    this.#match(SPACE);
    return this.#offset;
  }

  #match(token: RegExp): string | undefined {
    token.lastIndex = this.#offset;
    const found = token.exec(this.text)?.[0];
    this.#offset += found?.length ?? 0;
    return found;
  }

  #refuseNext(expected: string): never {
    const [got] = this.text.slice(this.#skipSpace());
    return this.refuse(
      `this is not JSON: expected ${expected}, got ${got === undefined ? 'the end of the file' : JSON.stringify(got)}`,
      this.#offset,
    );
  }
}
