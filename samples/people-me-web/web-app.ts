import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { csrf } from 'hono/csrf';
import { describeError } from '#core';
import type { Authorization } from './authorization';
import type { Credential } from './credential';
import { authorizePage, leavingPage, MARK, PAGE_HEADERS, personPage, problemPage } from './pages';
import {
  DENIED,
  EXPIRED_SESSION,
  FOREIGN_FORM,
  LATE_ANSWER,
  NOT_FOUND,
  problemOf,
  UNKNOWN_STATE,
  type Problem,
} from './problem';
import { readRedirect } from './redirect';
import { LOOPBACK_HOSTS } from './redirect-url';
import { Sessions, type SessionsOptions } from './session';

export interface WebAppOptions extends Omit<SessionsOptions, 'cookieName'> {
  readonly authorization: Pick<Authorization, 'status' | 'begin' | 'finish'>;
  readonly credential: Credential;
  /** Where Webex sends the browser back to: the app lives at its origin. */
  readonly redirectUrl: URL;
  /** Takes what the operator should know, a line at a time. */
  readonly notice: (line: string) => void;
}

/** Shows who is authorized; if nobody, lets a person authorize. */
export function createWebApp({ authorization, credential, redirectUrl, notice, ...options }: WebAppOptions): Hono {
  const sessions = new Sessions({ ...options, cookieName: `people-me-web-${redirectUrl.port || '80'}` });
  const app = new Hono();

  app.use(async (c, next) => {
    const { host, hostname } = new URL(c.req.url);
    if (host === redirectUrl.host) {
      await next();
    } else if (c.req.method === 'GET' && LOOPBACK_HOSTS.includes(hostname)) {
      // The cookie belongs to one host, and Webex knows that one only.
      c.res = c.redirect(redirectUrl.origin);
    } else {
      c.res = c.text(`Only ${redirectUrl.host} is answered here.`, 421);
    }
    for (const [name, value] of Object.entries(PAGE_HEADERS)) {
      c.res.headers.set(name, value);
    }
  });
  app.use(csrf({ origin: redirectUrl.origin }));
  app.use(bodyLimit({ maxSize: 4096 }));

  const home = async (c: Context): Promise<Response> => {
    const session = await sessions.open(c);
    const status = await authorization.status();
    return status.kind === 'authorized'
      ? c.html(personPage(status.person, credential))
      : c.html(authorizePage({ credential, lost: status.kind === 'lost', formToken: session.formToken }));
  };

  const callback = async (c: Context): Promise<Response> => {
    const { searchParams } = new URL(c.req.url);
    const session = await sessions.find(c);
    if (session === undefined) {
      return show(c, EXPIRED_SESSION);
    }
    const pending = session.find(searchParams.get('state') ?? '');
    if (pending === undefined) {
      return show(c, UNKNOWN_STATE);
    }
    const redirect = readRedirect(searchParams, pending.state, credential);
    if (sessions.isLate(pending)) {
      return show(c, LATE_ANSWER);
    }
    if (redirect.kind === 'ignored') {
      return show(c, UNKNOWN_STATE);
    }
    if (redirect.kind === 'refused') {
      return show(c, searchParams.get('error') === 'access_denied' ? DENIED : problemOf(redirect.error));
    }
    await authorization.finish(redirect.code);
    // Takes the code out of the address bar.
    return c.redirect('/', 303);
  };

  app.get(redirectUrl.pathname, (c) => (hasAnswer(c) ? callback(c) : home(c)));
  app.get('/', home);

  app.post('/authorize', async (c) => {
    const session = await sessions.find(c);
    const { form_token: formToken } = await c.req.parseBody();
    if (session === undefined || typeof formToken !== 'string' || !session.acceptsForm(formToken)) {
      return show(c, FOREIGN_FORM);
    }
    const url = await authorization.begin(sessions.begin(session));
    if (url === undefined) {
      return c.redirect('/', 303);
    }
    c.header('Refresh', `0; url=${url}`);
    return c.html(leavingPage(url));
  });

  app.get('/favicon.svg', (c) => c.body(MARK, 200, { 'Content-Type': 'image/svg+xml' }));
  app.notFound((c) => show(c, NOT_FOUND));
  app.onError((error, c) => {
    if ('getResponse' in error) {
      return show(c, FOREIGN_FORM);
    }
    notice(describeError(error));
    return show(c, problemOf(error));
  });
  return app;
}

/** The redirect path may be that of the start page. */
function hasAnswer(c: Context): boolean {
  return ['state', 'code', 'error'].some((name) => c.req.query(name) !== undefined);
}

function show(c: Context, problem: Problem): Response | Promise<Response> {
  return c.html(problemPage(problem), problem.status);
}
