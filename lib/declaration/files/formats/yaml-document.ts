import { type Alias, Composer, isAlias, isMap, isScalar, isSeq, type Node, type YAMLError, type YAMLMap } from 'yaml';
import { type DeclaredDocument, type DeclaredNode, type Refuse, refusalOf } from './document';
import { yamlTokens } from './yaml-tokens';

/** Values of a document after each alias is replaced. A few short lines of aliases can stand for billions. */
const MOST_VALUES = 1_000_000;

/**
 * Parses a declaration in YAML 1.2. Its core schema reads `no` and `on` as texts.
 *
 * @param file name of the file in messages
 * @throws ExplainedError with the place of the first problem
 */
export function yamlDocument(text: string, file: string): DeclaredDocument {
  const refuse = refusalOf(text, file);
  // A directive could otherwise choose YAML 1.1, which reads `no` as false.
  const composer = new Composer({ schema: 'core', stringKeys: true, prettyErrors: false });
  const [document, second] = composer.compose(yamlTokens(text, refuse), true, text.length);
  const [problem] = [...(document?.errors ?? []), ...(document?.warnings ?? [])];
  if (problem !== undefined) {
    return refuseProblem(problem, text, refuse);
  }
  if (second !== undefined) {
    return refuse('a second document begins', second.range[0], 'declare one deployment in each file');
  }
  const contents = document?.contents ?? null;
  return { text, root: contents === null ? nothing(0) : new YamlNodes(refuse).of(contents).node };
}

function refuseProblem({ code, message, pos: [offset] }: YAMLError, text: string, refuse: Refuse): never {
  switch (code) {
    case 'DUPLICATE_KEY': {
      const [, key = ''] = /^["']?([^"':\n]*)/.exec(text.slice(offset, offset + 100)) ?? [];
      return refuse(`field "${key.trim()}" is declared twice`, offset, 'remove one of the two');
    }
    case 'TAB_AS_INDENT':
      return refuse('a tab is no indentation in YAML', offset, 'use spaces');
    default:
      return refuse(`this is not YAML: ${message}`, offset);
  }
}

interface Sized {
  readonly node: DeclaredNode;
  /** Number of values, after each alias is replaced. */
  readonly size: number;
}

/** Converts nodes in the order of the document, because an alias means the last anchor of its name above it. */
class YamlNodes {
  /** Anchors above the current node. An anchor around it has no value yet. */
  readonly #anchors = new Map<string, Sized | undefined>();

  constructor(private readonly refuse: Refuse) {}

  of(node: Node): Sized {
    if (isAlias(node)) {
      return this.#aliased(node);
    }
    const { anchor } = node as { readonly anchor?: string };
    if (anchor !== undefined) {
      this.#anchors.set(anchor, undefined);
    }
    const sized = this.#converted(node);
    if (sized.size > MOST_VALUES) {
      this.refuse(`the aliases repeat more than ${MOST_VALUES} values`, sized.node.offset, 'write the values out');
    }
    if (anchor !== undefined) {
      this.#anchors.set(anchor, sized);
    }
    return sized;
  }

  #aliased({ source, range }: Alias): Sized {
    const offset = range?.[0] ?? 0;
    if (!this.#anchors.has(source)) {
      return this.refuse(`alias "*${source}" has no anchor above it`, offset, `declare "&${source}" above it`);
    }
    const sized = this.#anchors.get(source);
    return sized ?? this.refuse(`alias "*${source}" is inside of its own anchor`, offset, 'write the value out');
  }

  #converted(node: Node): Sized {
    const offset = node.range?.[0] ?? 0;
    if (isMap<Node, Node | null>(node)) {
      return this.#object(node, offset);
    }
    if (isSeq<Node>(node)) {
      const items = node.items.map((item) => this.of(item));
      return { node: { kind: 'list', items: items.map((item) => item.node), offset }, size: sum(items) };
    }
    const { value, source = '' } = isScalar<string | number | boolean | null>(node) ? node : { value: null };
    return { node: { kind: 'scalar', value, source, offset }, size: 1 };
  }

  #object({ items }: YAMLMap<Node, Node | null>, offset: number): Sized {
    const fields = items.map(({ key, value }) => {
      const at = key.range?.[0] ?? offset;
      const sized = value === null ? { node: nothing(at), size: 1 } : this.of(value);
      return { name: isScalar(key) ? String(key.value) : '', at, ...sized };
    });
    const byName = new Map(fields.map(({ name, at, node }) => [name, { offset: at, node }]));
    return { node: { kind: 'object', fields: byName, offset }, size: sum(fields) };
  }
}

function nothing(offset: number): DeclaredNode {
  return { kind: 'scalar', value: null, source: '', offset };
}

function sum(parts: readonly { readonly size: number }[]): number {
  return parts.reduce((total, { size }) => total + size, 1);
}
