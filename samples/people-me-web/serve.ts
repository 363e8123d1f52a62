import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Server } from 'node:http';
import { closeServers, listenOnLoopback } from '../../lib/consent/loopback-servers';

/**
 * Serves the app where the redirect URL points, on loopback only.
 *
 * @returns what ends it when it is disposed of
 * @throws ExplainedError where the port is taken
 */
export async function serve(app: Hono, redirectUrl: URL): Promise<AsyncDisposable> {
  const servers = await listenOnLoopback(
    redirectUrl,
    () => createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as Server,
  );
  return { [Symbol.asyncDispose]: () => closeServers(servers) };
}
