import type { Context } from 'hono';
import { contentSecurityPolicy, errorPage } from './authorize-page';
import type { SimulatorEnv } from '../simulation';

/** Whether the form's page was on another site, by the browser's Origin header. */
export function isFromAnotherSite(c: Context<SimulatorEnv>): boolean {
  const origin = c.req.header('origin');
  return origin !== undefined && origin !== new URL(c.req.url).origin;
}

export function refusePage(
  c: Context<SimulatorEnv>,
  problem: string,
  advice: string,
  status: 400 | 403 = 400,
): Response | Promise<Response> {
  secureHeaders(c);
  return c.html(errorPage(problem, advice), status);
}

/** @param redirectUri final target of the page's form. @default - this server alone */
export function secureHeaders(c: Context<SimulatorEnv>, redirectUri?: string): void {
  c.header('Content-Security-Policy', contentSecurityPolicy(redirectUri));
  // With no-referrer, browsers would send the form with the origin "null".
  c.header('Referrer-Policy', 'same-origin');
  c.header('X-Content-Type-Options', 'nosniff');
}
