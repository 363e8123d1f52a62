import { createHash, randomBytes } from 'node:crypto';
import { Visitor } from './visitor';

/** Browsers that this process remembers. */
const MOST_VISITORS = 500;

/** Vault keeps the state of a login for ten minutes. */
const LOGIN_MS = 600_000;

/** A browser is remembered for some time after its session, so that a consent goes on after the next login. */
const AFTER_SESSION_MS = 600_000;

/**
 * Browsers by their cookies, in memory only. The number is bounded: the browser that was seen least lately is forgotten
 * first, and one without a login before one with a login.
 */
export class Visitors {
  /** By the hash of the cookie, so that no search takes longer for a cookie that is almost right. */
  readonly #visitors = new Map<string, Visitor>();

  /** @param forget gets a visitor whose session is over before its end */
  constructor(
    private readonly forget: (visitor: Visitor) => void,
    private readonly most = MOST_VISITORS,
  ) {}

  /** @param key value of the cookie */
  find(key: string | undefined): Visitor | undefined {
    const hash = hashOf(key ?? '');
    const visitor = this.#visitors.get(hash);
    if (visitor !== undefined) {
      // To the end: the first one is the one that was seen least lately.
      this.#visitors.delete(hash);
      this.#visitors.set(hash, visitor);
    }
    return visitor;
  }

  /** Remembers a new browser. */
  add(): Visitor {
    return this.#keep(new Visitor(newKey()));
  }

  /** Gives a browser a new cookie. */
  rename(visitor: Visitor): Visitor {
    this.#visitors.delete(hashOf(visitor.key));
    return this.#keep(visitor.renamed(newKey()));
  }

  /** Forgets a browser, whose token the caller revokes. */
  delete(visitor: Visitor): void {
    this.#visitors.delete(hashOf(visitor.key));
  }

  get all(): readonly Visitor[] {
    return [...this.#visitors.values()];
  }

  #keep(visitor: Visitor): Visitor {
    const now = Date.now();
    for (const [hash, each] of this.#visitors) {
      if (isOver(each, now)) {
        this.#visitors.delete(hash);
      }
    }
    while (this.#visitors.size >= this.most) {
      const [first] = this.all;
      const superfluous = this.all.find((each) => each.liveSession() === undefined) ?? first;
      if (superfluous === undefined) {
        break;
      }
      this.delete(superfluous);
      this.forget(superfluous);
    }
    this.#visitors.set(hashOf(visitor.key), visitor);
    return visitor;
  }
}

function isOver({ session, login }: Visitor, now: number): boolean {
  const ends = [
    ...(session === undefined ? [] : [session.expireTime.getTime() + AFTER_SESSION_MS]),
    ...(login === undefined ? [] : [login.begunAt.getTime() + LOGIN_MS]),
  ];
  return now > Math.max(0, ...ends);
}

function newKey(): string {
  return randomBytes(32).toString('base64url');
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}
