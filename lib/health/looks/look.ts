import pLimit from 'p-limit';
import { commandLine, describeError, NotDeployed, NotPermitted, VaultUnreachableError } from '#core';
import { deployCommand } from '../../declaration/deploy-command';
import type { Deployment } from '../../declaration/schema/deployment';
import { otherNodeAddresses } from '../../declaration/derived/cluster-nodes';
import { rolePath } from '../../declaration/derived/logins';
import { policyNameOf } from '../../declaration/derived/policy-names';
import { keepsGrants } from '../../declaration/schema/server/server-declaration';
import { missingRights } from '../../vault/missing-rights';
import { Records } from '../../vault/records/record-store';
import type { VaultClient } from '../../vault/vault-client';
import { lookAtBackup } from './backup-look';
import { lookAtCredential } from './credential-look';
import { lookAtEntry, withRefusals } from './integration-look';
import { type ObserverLogin, tokenName } from './observer-login';
import { lookAtOidc } from './oidc-look';
import { linesOf, worst, type CredentialLine, type EngineLine, type Report } from '../report';
import { Observations } from './observations';
import { lookAtApp, lookAtSecretIds, operatorRolePath } from './role-look';
import { lookAtEngine, lookAtServer } from './server-look';
import { lineOrRefusal } from './vault-refusal';

/*
 * One look at everything that a deployment declares. A look refreshes no token before it is due: the engine returns a
 * valid token unchanged.
 */

/** Number of concurrent looks at Vault. The engine refreshes as many tokens at a time. */
export const LOOKS_AT_ONCE = 16;

export interface InsideLookOptions {
  readonly deployment: Deployment;
  /** Names of the operators of the server. @default - no operator is looked at */
  readonly operators?: readonly string[];
  /** Whether Webex is asked for the account behind each grant. @default false */
  readonly verify?: boolean;
}

export interface LookOptions extends InsideLookOptions {
  /** Client without a token. */
  readonly vault: VaultClient;
  /** Logs the observer in, runs the action with its token, and logs out. A given token replaces the login. */
  readonly asObserver: <T>(action: (login: ObserverLogin) => Promise<T>) => Promise<T>;
  /** @default - the machine's clock */
  readonly now?: () => Date;
}

/**
 * @returns the report, which includes all problems of the deployment
 * @throws NotPermitted if the observer cannot log in, and other errors that prevent the look
 */
export async function lookAt(options: LookOptions): Promise<Report> {
  const { deployment, vault, asObserver, now = () => new Date() } = options;
  const lookedAt = now();
  const server = await lookAtServer(vault, deployment.vault.server);
  const isOneOfSeveral = otherNodeAddresses(vault.address, deployment.vault.server).length > 0;
  const outside = { lookedAt, address: vault.address, mountPath: deployment.engine.mountPath, server };
  const inside =
    server.severity === 'broken'
      ? hiddenInside(deployment, `${isOneOfSeveral ? 'this node' : 'the server'} is ${server.state}`, isOneOfSeveral)
      : await asObserver(async (login) => {
          await requireObserver(login, deployment);
          return lookInside(login.vault, options, lookedAt);
        }).catch((error: unknown) => {
          // The server went away during the look.
          if (error instanceof VaultUnreachableError) {
            return hiddenInside(deployment, describeError(error), isOneOfSeveral);
          }
          throw error;
        });
  const report: Report = { ...outside, ...inside, severity: 'healthy' };
  return { ...report, severity: worst(linesOf(report).map(({ line }) => line.severity)) };
}

/** Lines of a report that need a login. */
export type InsideReport = Omit<Report, 'lookedAt' | 'address' | 'mountPath' | 'severity' | 'server'>;

/** A look as the observer. @throws VaultUnreachableError */
export async function lookInside(
  observer: VaultClient,
  { deployment, operators = [], verify = false }: InsideLookOptions,
  now: Date,
): Promise<InsideReport> {
  const { engine, vault, apps } = deployment;
  const engineLine: EngineLine = await lineOrRefusal({ name: engine.mountPath }, () =>
    lookAtEngine(observer, deployment),
  );
  if (engineLine.severity === 'broken') {
    return { ...hiddenInside(deployment, `the engine is ${engineLine.state}`), engine: engineLine };
  }
  const limit = pLimit(LOOKS_AT_ONCE);
  const records = new Records(observer, engine.recordsPath);
  const observations = await Observations.read(records, limit, [
    ...deployment.credentials.map(({ name }) => name),
    ...apps.map((app) => rolePath(deployment, app)),
    ...operators.map(operatorRolePath),
  ]);
  const operatorRenewal = commandLine('operators update', '--rotate');
  const options = { vault: observer, deployment, observations, now, verify };
  const [entries, credentials, appLines, operatorLines, people, backup] = await Promise.all([
    limit.map(deployment.integrations, (integration) => lookAtEntry(observer, engine.mountPath, integration)),
    limit.map(deployment.credentials, (credential) => lookAtCredential(options, credential)),
    limit.map(apps, (app) => lookAtApp(options, app)),
    limit.map(operators, (name) =>
      lookAtSecretIds({ ...options, name, rolePath: operatorRolePath(name), renewal: operatorRenewal }),
    ),
    limit(() => lookAtOidc(observer, deployment)),
    limit(() => (keepsGrants(vault.server) ? lookAtBackup(records, now) : undefined)),
  ]);
  const unnoted = await observations.write();
  return {
    engine: engineLine,
    integrations: entries.map((line) => withRefusals(line, credentials)),
    credentials: credentials.map((line) => {
      const why = unnoted(line.name);
      return why === undefined ? line : { ...line, notes: [...line.notes, `this look could not be recorded: ${why}`] };
    }),
    apps: appLines,
    operators: operatorLines.filter((line) => line !== undefined),
    people,
    backup,
  };
}

/**
 * Checks that the observer has its rights. The check distinguishes missing rights from a missing engine, because a policy
 * also covers paths without a mount.
 *
 * @throws NotDeployed if the observer's own login has no rights yet, NotPermitted
 */
export async function requireObserver(login: ObserverLogin, { engine, credentials }: Deployment): Promise<void> {
  const { vault: observer, isLoggedIn } = login;
  const needed = credentials.map(({ name }) => ({ path: `${engine.mountPath}/creds/${name}`, capabilities: ['read'] }));
  // The server reads all rules of the token for each path. So the other paths are checked only if the first is refused.
  const first = await missingRights(observer, needed.slice(0, 1));
  const missing = first?.length === 0 ? first : await missingRights(observer, needed);
  if (missing === undefined || missing.length === needed.length) {
    const policy = policyNameOf(engine.mountPath, 'observer');
    if (isLoggedIn) {
      throw new NotDeployed(
        `nothing is deployed in this Vault yet: the observer can log in, but its policy "${policy}" is missing; ${deployCommand()}`,
      );
    }
    const lacking = missing?.[0] ?? 'the right to look up its own rights';
    throw new NotPermitted(
      `${tokenName(login)} may read nothing: it is invalid, or lacks ${lacking}; log in as the observer, or deploy its policy "${policy}": ${deployCommand()}`,
    );
  }
}

/**
 * Lines of everything inside Vault, if nothing can be read.
 *
 * @param why such as "the server is sealed"
 * @param isOneOfSeveral whether another node may still serve
 */
function hiddenInside(deployment: Deployment, why: string, isOneOfSeveral = false): InsideReport {
  const { engine, integrations, credentials, apps } = deployment;
  const line = { state: 'unknown', severity: 'broken', detail: why, notes: [] } as const;
  return {
    engine: { ...line, name: engine.mountPath },
    integrations: integrations.map(({ name }) => ({ ...line, name })),
    credentials: credentials.map(({ name, integration, organization }): CredentialLine => ({
      ...line,
      name,
      integration,
      member: organization,
      tokens: [],
      detail: `${isOneOfSeveral ? 'it cannot be read here' : 'nobody can read it'}: ${why}`,
    })),
    apps: apps.map(({ name }) => ({ ...line, name })),
    operators: [],
  };
}
