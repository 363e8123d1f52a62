import {
  NotDeployed,
  vaultOptionsFromEnvironment,
  type ExplainedError,
  type VaultConnectionOptions,
  type VaultResponseError,
} from '#core';
import type { Deployment } from '../../declaration/schema/deployment';
import { pluginPlace } from '../../declaration/files/plugin-place';
import { keepsGrants } from '../../declaration/schema/server/server-declaration';
import { refuseOtherAddress } from '../../vault/declared-address';
import { Records } from '../../vault/records';
import { VaultClient } from '../../vault/vault-client';
import { atMost, LOOKS_AT_ONCE } from '../at-most';
import { lookAtBackup } from '../backup-look';
import { lookAtCredential } from '../credential-look';
import { lookAtPeople } from '../people-look';
import { lookAtEngine } from '../server-look';
import { lookAtApp, lookAtOperator } from '../role-look';
import { isServiceApp } from '../../declaration/schema/service-app';
import { askerNotes } from './asker-notes';
import { advice, type Advice } from './advice';
import { requireReads } from './app-check';
import { checkVaultClock } from './clock';
import { checkEngine, engineAdvice } from './engine-settings';
import { checkEnvironment, environmentAdvice } from './environment';
import { Ended, Examination, type Finding } from './examination';
import { lookAtHolders } from './holders';
import { checkIntegration, type FoundIntegration } from './integration-check';
import { lineAdvice, requireSound } from './line-checks';
import { checkObserver } from './observer-check';
import { operatorFileAdvice } from './operator-files';
import { checkPods } from './pod-check';
import { reachAdvice } from './reach-advice';
import { secretIdAdvice } from './secret-id-advice';
import { checkProduct, checkReachable, checkReady } from './server-checks';
import { checkWebexClient, checkWebexReachable } from './webex-check';

/*
 * What a person on call would look at, in the order in which one thing depends on the other: from the environment of
 * this process to what Webex says of each token.
 */

/** The observer's login. */
export interface ObserverLogin extends AsyncDisposable {
  readonly vault: VaultClient;
  /** Whether it logged in by itself. @default false: a token was given */
  readonly isLoggedIn?: boolean;
}

export interface DoctorOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly load: () => Promise<{ readonly deployment: Deployment; readonly file: string }>;
  readonly logIn: (connection: VaultConnectionOptions, deployment: Deployment) => Promise<ObserverLogin>;
  /** What a refusal of Vault means. */
  readonly explain: (error: VaultResponseError) => ExplainedError;
  /** Names of those who run the server. */
  readonly operators: readonly string[];
  /** Folder of their logins. */
  readonly operatorFolder: string;
  /** Whether Webex is asked. */
  readonly webex: boolean;
  readonly onFinding: (finding: Finding) => void;
  readonly signal: AbortSignal;
  /** @default - the clock's */
  readonly now?: () => Date;
}

export interface Diagnosis {
  /** The last of them is the first that is wrong, if one is. */
  readonly findings: readonly Finding[];
  readonly advice: readonly Advice[];
}

/** @throws the signal's reason, and what is a fault of ours */
export async function diagnose(options: DoctorOptions): Promise<Diagnosis> {
  const examination = new Examination(options.onFinding, options.explain, options.signal);
  const found: Advice[] = [];
  try {
    await examine(examination, options, found);
  } catch (error) {
    if (!(error instanceof Ended)) {
      throw error;
    }
  }
  return { findings: examination.findings, advice: found };
}

/** Adds to the advice as it goes, so that what was known before something wrong is said too. */
async function examine(examination: Examination, options: DoctorOptions, found: Advice[]): Promise<void> {
  const { env, load, logIn, signal, now = () => new Date(), webex: asksWebex } = options;
  found.push(...environmentAdvice(env), ...(await operatorFileAdvice(options.operatorFolder)));
  await examination.check('environment', () => checkEnvironment(env));
  const { deployment } = await examination.check('deployment', async () => {
    const loaded = await load();
    const { credentials, apps } = loaded.deployment;
    return { detail: `${loaded.file}: ${credentials.length} credential(s), ${apps.length} app(s)`, found: loaded };
  });
  const connection = await examination.check('address', () => {
    const options = vaultOptionsFromEnvironment(deployment.vault, env);
    refuseOtherAddress(deployment, options);
    return { detail: options.address, found: options };
  });
  const { server } = deployment.vault;
  if (server?.mode === 'kubernetes') {
    found.push(...(await examination.check('pods', () => checkPods(server, { env, signal }))));
  }
  const vault = new VaultClient({ ...connection, token: undefined, signal });
  await examination.check('server', () => checkReachable(vault, deployment));
  await examination.check('seal', () => checkReady(vault, deployment));
  await examination.check('product', () => checkProduct(vault, deployment));
  await examination.check('clock', () => checkVaultClock(vault, deployment.webex.apiUrl, now));
  await using session = await examination.check('login', async () => {
    const login = await logIn(connection, deployment);
    return { detail: env.BAO_TOKEN || env.VAULT_TOKEN ? 'by VAULT_TOKEN' : 'as the observer', found: login };
  });
  await examineInside(examination, options, { deployment, session, now, asksWebex }, found);
}

interface Inside {
  readonly deployment: Deployment;
  readonly session: ObserverLogin;
  readonly now: () => Date;
  readonly asksWebex: boolean;
}

async function examineInside(
  examination: Examination,
  { env, operators, signal }: DoctorOptions,
  { deployment, session, now, asksWebex }: Inside,
  found: Advice[],
): Promise<void> {
  const { credentials, integrations, apps, engine } = deployment;
  const { vault: observer, isLoggedIn } = session;
  const isTokenGiven = Boolean(env.BAO_TOKEN || env.VAULT_TOKEN);
  const place = [pluginPlace(deployment)].filter((line) => line !== undefined).map((line) => advice(line));
  const { isRoot } = await examination.check('rights', () =>
    checkObserver(observer, deployment, { isTokenGiven, isLoggedIn }).catch((error: unknown) => {
      found.push(...(error instanceof NotDeployed ? place : []));
      throw error;
    }),
  );
  if (isRoot) {
    found.push(advice('the Vault token is a root token, which can do everything', 'log in as the observer'));
  }
  await examination.check('engine', async () => {
    const line = await lookAtEngine(observer, deployment);
    found.push(...(['missing', 'plugin not running'].includes(line.state) ? place : []));
    const sound = checkEngine(line);
    found.push(...(await engineAdvice(observer, deployment)));
    return sound;
  });
  const holders = await examination.check('policies', async () => {
    const seen = await lookAtHolders(observer, deployment);
    found.push(...reachAdvice(deployment, seen, await observer.programName()));
    const { policies, unreadable, roles } = seen;
    return { detail: `looked at ${policies.length + unreadable.length}, and at ${roles.length} role(s)`, found: seen };
  });

  const known: FoundIntegration[] = [];
  for (const integration of integrations) {
    const name = `integration ${integration.name}`;
    known.push(await examination.check(name, () => checkIntegration(observer, deployment, integration)));
  }
  if (asksWebex) {
    await examination.check('Webex', () => checkWebexReachable(deployment, now, signal));
    for (const each of known) {
      const { name } = each.integration;
      const own = credentials.filter(({ integration }) => integration === name);
      // A Service App has no redirect URL, and nobody consents to it in a browser.
      if (own.some(isServiceApp)) {
        continue;
      }
      await examination.check(`client of ${name}`, () => checkWebexClient(deployment, each, own, signal));
    }
  }

  await examination.check('credentials', async () => {
    const lines = await atMost(LOOKS_AT_ONCE, credentials, (credential) =>
      lookAtCredential({ vault: observer, deployment, now: now(), verify: asksWebex }, credential),
    );
    found.push(...lineAdvice('credential', lines));
    requireSound('credential', lines);
    found.push(...askerNotes(credentials));
    return { detail: `${lines.length} work${asksWebex ? ', and Webex takes their tokens' : ''}`, found: undefined };
  });
  const appLines = await examination.check('apps', async () => {
    const lines = await atMost(LOOKS_AT_ONCE, apps, (app) => lookAtApp(observer, deployment, app, now()));
    apps.forEach((app) => requireReads(deployment, holders, app));
    found.push(...lineAdvice('app', lines));
    requireSound('app', lines);
    return { detail: `${lines.length} can log in, and read what they are to`, found: lines };
  });
  const operatorLines = await examination.check('operators', async () => {
    const seen = await atMost(LOOKS_AT_ONCE, operators, (name) => lookAtOperator(observer, name, now()));
    const lines = seen.filter((line) => line !== undefined);
    found.push(...lineAdvice('operator', lines));
    requireSound('operator', lines);
    return { detail: `${lines.length} can log in`, found: lines };
  });
  found.push(...secretIdAdvice(appLines, operatorLines));
  if (keepsGrants(deployment.vault.server)) {
    found.push(...lineAdvice('backup', [await lookAtBackup(new Records(observer, engine.recordsPath), now())]));
  }
  // At the end: without it, operators can still log in by AppRole.
  if (deployment.operators?.oidc !== undefined) {
    await examination.check('people', async () => {
      const lines = [await lookAtPeople(observer, deployment)].filter((line) => line !== undefined);
      found.push(...lineAdvice('people', lines));
      requireSound('people', lines);
      return { detail: lines.map(({ detail }) => detail).join(), found: undefined };
    });
  }
}
