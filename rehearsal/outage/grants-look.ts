import { describeError } from '#core';
import { defineDeployment } from '../../lib/declaration/define-deployment';
import { observerPolicy } from '../../lib/declaration/policies/observer-policy';
import { lookAt } from '../../lib/health/looks/look';
import { linesOf, worst, type Report } from '../../lib/health/report';
import { loginReply } from '../../lib/vault/replies';
import type { VaultClient } from '../../lib/vault/vault-client';
import type { WebexEngine } from '../webex-engine';
import type { OutageServer } from './outage-server';
import { NO_LOOK, type Look } from './outage-watch';

export interface LookedAt {
  readonly engine: WebexEngine;
  readonly server: OutageServer;
  /** Names of the credentials. */
  readonly credentials: readonly string[];
}

/**
 * The look of `status --verify`, with an observer's rights.
 *
 * The horizon is left out, because its warnings come a real week ahead. So the grants are declared to live for real days,
 * and no consent is recorded by `authorize`.
 */
export async function observer(options: LookedAt): Promise<() => Promise<Look>> {
  const { engine, server, credentials } = options;
  const { mountPath, declaration } = engine;
  const deployment = defineDeployment({
    ...declaration,
    vault: { address: server.admin.address },
    engine: { mountPath },
    credentials: credentials.map((name) => ({ name, integration: 'webex-myapp', scopes: ['spark:people_read'] })),
    apps: [],
  });
  const policyName = `observer-of-${mountPath}`;
  await server.admin.write(`sys/policies/acl/${policyName}`, { policy: observerPolicy(deployment) });
  const request = { policies: [policyName], no_default_policy: true, ttl: '24h' };
  const { auth } = await server.admin.write('auth/token/create', request, loginReply);
  const lookThrough = (vault: VaultClient): Promise<Report> =>
    lookAt({
      deployment,
      vault,
      asObserver: (action) => action({ vault: vault.withToken(auth.client_token) }),
      verify: true,
    });

  return async () => {
    let look: Look = NO_LOOK;
    for (const vault of server.nodes) {
      try {
        const report = await lookThrough(vault);
        look = lookOf(report);
        if (report.server.severity === 'healthy') {
          return look;
        }
      } catch (error) {
        look = { ...NO_LOOK, said: describeError(error) };
      }
    }
    return look;
  };
}

/** The first of the worst lines. An engine that reaps is part of some scenarios, and ignored. */
function lookOf(report: Report): Look {
  const lines = linesOf(report).filter(({ kind, line }) => kind !== 'engine' || line.state !== 'reaping');
  const severity = worst(lines.map(({ line }) => line.severity));
  const first = lines.find(({ line }) => line.severity === severity);
  return severity === 'healthy' || first === undefined
    ? { severity, state: '', said: '' }
    : { severity, state: `${first.kind} ${first.line.state}`, said: first.line.detail };
}
