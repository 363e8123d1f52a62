import type { Policy, PolicyRule } from './policy';

/*
 * Rights of a holder of some policies, as Vault decides them. One rule among those that match a path counts. If several
 * policies have this rule, their capabilities are combined.
 *
 * @see https://developer.hashicorp.com/vault/docs/concepts/policies#priority-matching
 */

/** The rules of several policies, as one token holds them. */
export class PolicyRights {
  readonly #rules = new Map<string, Pattern>();

  constructor(policies: readonly Policy[]) {
    for (const { path, capabilities } of policies.flatMap(({ rules }) => rules).filter((rule) => !isTemplated(rule))) {
      const before = this.#rules.get(path)?.capabilities ?? [];
      const all = [...before, ...capabilities];
      this.#rules.set(path, new Pattern(path, all.includes('deny') ? ['deny'] : all));
    }
  }

  /** Whether a read of exactly this path is allowed. */
  mayRead(path: string): boolean {
    const exact = this.#rules.get(path);
    if (exact !== undefined && !exact.isPrefix && !exact.hasWildcards) {
      return exact.capabilities.includes('read');
    }
    const [first, ...others] = [...this.#rules.values()].filter((pattern) => pattern.matches(path));
    const best = others.reduce((winner, pattern) => (pattern.isBefore(winner) ? pattern : winner), first ?? NONE);
    return best.capabilities.includes('read');
  }
}

/**
 * Whether a templated rule allows a read of that path to some holders. The part between double braces is a name, an id or
 * another property of the holder.
 */
export function mayReadSome({ rules }: Policy, path: string): boolean {
  return rules.some((rule) => {
    if (!isTemplated(rule) || !rule.capabilities.includes('read')) {
      return false;
    }
    const source = rule.path
      .replace(/\*$/, '')
      .split(/\{\{.*?\}\}/)
      .map((part) => part.split('+').map(escapeRegExp).join('[^/]*'))
      .join('.*');
    return new RegExp(`^${source}${rule.path.endsWith('*') ? '' : '$'}`, 's').test(path);
  });
}

function isTemplated({ path }: PolicyRule): boolean {
  return path.includes('{{');
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

class Pattern {
  /** It ends in `*`, which matches anything. */
  readonly isPrefix: boolean;
  /** It has `+` at the beginning of a segment. A segment `+` matches any segment. */
  readonly hasWildcards: boolean;
  /** Without the `*` at its end. */
  readonly #literal: string;
  readonly #segments: readonly string[];

  constructor(
    path: string,
    readonly capabilities: readonly string[],
  ) {
    this.isPrefix = path.endsWith('*');
    this.hasWildcards = path === '+' || path.startsWith('+/') || path.includes('/+');
    this.#literal = this.isPrefix ? path.slice(0, -1) : path;
    this.#segments = this.#literal.split('/');
  }

  matches(path: string): boolean {
    if (!this.hasWildcards) {
      return this.isPrefix ? path.startsWith(this.#literal) : path === this.#literal;
    }
    const parts = path.split('/');
    const last = this.#segments.length - 1;
    return (
      (this.isPrefix ? parts.length > last : parts.length === last + 1) &&
      this.#segments.every((segment, index) => {
        const part = parts[index] ?? '';
        return segment === '+' || segment === part || (this.isPrefix && index === last && part.startsWith(segment));
      })
    );
  }

  /** Whether it takes precedence over another match. */
  isBefore(other: Pattern): boolean {
    const difference = this.#rank.map((rank, index) => rank - (other.#rank[index] ?? 0)).find((each) => each !== 0);
    return difference === undefined ? this.#literal > other.#literal : difference > 0;
  }

  /** The first number that differs decides, and the larger one wins. */
  get #rank(): readonly number[] {
    return [
      this.hasWildcards ? this.#literal.indexOf('+') : this.#literal.length,
      this.isPrefix ? 0 : 1,
      -(this.hasWildcards ? this.#segments.filter((segment) => segment === '+').length : 0),
      this.#literal.length,
    ];
  }
}

const NONE = new Pattern('', []);
