import type { Context, MiddlewareHandler } from 'hono';
import { once } from 'node:events';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { webexErrorBody } from './replies/api-refusal';
import type { Fault } from './behavior';
import { DEVICE_PATH } from './endpoints/device-endpoints';
import type { Simulation, SimulatorEnv } from './simulation';
import { TOKEN_PATH } from './endpoints/token-endpoint';

/** Applies `behavior.fault`. @param stopping ends a delay */
export function faultInjection(webex: Simulation, stopping: AbortSignal): MiddlewareHandler<SimulatorEnv> {
  return async (c, next) => {
    const fault = takeFault(webex, c);
    if (fault?.when === 'after') {
      await next();
    }
    if (fault?.delayMs !== undefined) {
      c.set('delayMs', fault.delayMs);
      await sleep(fault.delayMs, undefined, { signal: stopping }).catch(() => undefined);
    }
    if (fault?.until !== undefined) {
      await Promise.race([fault.until(), end(c.env.incoming.socket)]);
    }
    if (fault?.dropConnection) {
      c.env.incoming.socket.destroy();
      c.res = c.body(null);
    } else if (fault?.status !== undefined) {
      // Hono would otherwise keep the headers of the replaced answer.
      c.res = undefined;
      c.res = answer(webex, c, fault, fault.status);
    } else if (fault?.when !== 'after') {
      await next();
    }
  };
}

async function end(connection: Socket): Promise<void> {
  if (!connection.closed) {
    await once(connection, 'close').catch(() => undefined);
  }
}

function takeFault(webex: Simulation, c: Context<SimulatorEnv>): Fault | undefined {
  const { fault: given } = webex.behavior;
  const faults = given === undefined ? [] : [given].flat();
  const fault = faults.find(
    ({ count, path = '/', grant }) =>
      count !== 0 && c.req.path.startsWith(path) && (grant === undefined || grant === c.get('grant')?.number),
  );
  if (fault?.count !== undefined) {
    const left = fault.count > 1 ? [{ ...fault, count: fault.count - 1 }] : [];
    const remaining = faults.flatMap((other) => (other === fault ? left : other));
    webex.behavior.fault = remaining.length > 1 ? remaining : remaining[0];
  }
  return fault;
}

function answer(webex: Simulation, c: Context<SimulatorEnv>, fault: Fault, status: number): Response {
  const headers = new Headers();
  if (fault.retryAfterSeconds !== undefined) {
    headers.set('Retry-After', String(fault.retryAfterSeconds));
  }
  const reason = STATUS_CODES[status] ?? `Status ${status}`;
  const isOAuth = c.req.path === TOKEN_PATH || c.req.path.startsWith(`${DEVICE_PATH}/`);
  switch (fault.body ?? (isOAuth ? webex.behavior.errorShape : 'webex')) {
    case 'rfc6749':
      return Response.json({ error: fault.error ?? 'server_error', error_description: reason }, { status, headers });
    case 'webex':
      return Response.json(webexErrorBody(c, fault.error ?? reason), { status, headers });
    case 'html':
      headers.set('Content-Type', 'text/html; charset=UTF-8');
      return new Response(`<html><body><h1>${escapeHtml(fault.error ?? reason)}</h1></body></html>`, {
        status,
        headers,
      });
  }
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
