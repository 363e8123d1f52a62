import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { getSignedCookie, setSignedCookie } from 'hono/cookie';
import { ConsentState } from './consent-state';

export interface SessionsOptions {
  /** Cookies ignore ports, so that of another program on this host must not have the same name. */
  readonly cookieName: string;
  /** How long a session lives after its last use. @default 1800 */
  readonly sessionTtlSeconds?: number;
  /** How long a consent may take. @default 300 */
  readonly consentTtlSeconds?: number;
  /** The clock, in milliseconds. @default Date.now */
  readonly now?: () => number;
}

interface PendingConsent {
  readonly state: ConsentState;
  readonly expiresAt: number;
}

/** Bounds what a browser can make this process remember; the oldest is forgotten first. */
const MAX_SESSIONS = 1000;
const MAX_CONSENTS = 16;

/** One browser: the consents that it has begun, each tab its own, and proof that a form came from our page. */
export class Session {
  readonly id = randomBytes(32).toString('base64url');
  readonly formToken = randomBytes(32).toString('base64url');
  expiresAt = 0;
  readonly #consents: PendingConsent[] = [];

  begin(expiresAt: number): ConsentState {
    const state = new ConsentState();
    this.#consents.push({ state, expiresAt });
    this.#consents.splice(0, this.#consents.length - MAX_CONSENTS);
    return state;
  }

  /** The consent that was begun here with this state and not used up yet. */
  find(state: string): PendingConsent | undefined {
    return this.#consents.find((pending) => pending.state.matches(state));
  }

  acceptsForm(formToken: string): boolean {
    const [given, expected] = [Buffer.from(formToken), Buffer.from(this.formToken)];
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}

/** Sessions live in this process, and end with it: so does the key that signs their cookies. */
export class Sessions {
  readonly #options: Required<SessionsOptions>;
  readonly #key = randomBytes(32).toString('base64url');
  readonly #sessions = new Map<string, Session>();

  constructor(options: SessionsOptions) {
    this.#options = { sessionTtlSeconds: 1800, consentTtlSeconds: 300, now: Date.now, ...options };
  }

  /** The browser's session; undefined where it has none, or one that was tampered with or has expired. */
  async find(c: Context): Promise<Session | undefined> {
    const id = await getSignedCookie(c, this.#key, this.#options.cookieName);
    const session = this.#sessions.get(id || '');
    return session !== undefined && this.#options.now() < session.expiresAt ? session : undefined;
  }

  /** The browser's session, or a new one. */
  async open(c: Context): Promise<Session> {
    const session = (await this.find(c)) ?? new Session();
    await this.#keep(c, session);
    return session;
  }

  begin(session: Session): ConsentState {
    return session.begin(this.#options.now() + this.#options.consentTtlSeconds * 1000);
  }

  isLate({ expiresAt }: PendingConsent): boolean {
    return this.#options.now() >= expiresAt;
  }

  async #keep(c: Context, session: Session): Promise<void> {
    const { cookieName, sessionTtlSeconds, now } = this.#options;
    session.expiresAt = now() + sessionTtlSeconds * 1000;
    // Anew, so that the order is that of the last use.
    this.#sessions.delete(session.id);
    this.#sessions.set(session.id, session);
    for (const [id, { expiresAt }] of this.#sessions) {
      if (now() < expiresAt && this.#sessions.size <= MAX_SESSIONS) {
        break;
      }
      this.#sessions.delete(id);
    }
    await setSignedCookie(c, cookieName, session.id, this.#key, {
      httpOnly: true,
      // Not "strict": Webex sends the browser back from its own site.
      sameSite: 'Lax',
      path: '/',
      maxAge: sessionTtlSeconds,
    });
  }
}
