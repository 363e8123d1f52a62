import { setTimeout as sleep } from 'node:timers/promises';
import { ExplainedError, readCredential, VaultResponseError, WebexResponseError } from '#core';
import { loginAs } from 'webex-token-client';
import { peopleMe } from '../lib/webex/account-request';
import type { ShowUrl } from '../lib/grants/consent/consent';
import { findApp } from '../lib/declaration/derived/by-name';
import type { App, Deployment } from '../lib/declaration/schema/deployment';
import { loginOf } from '../lib/declaration/derived/logins';
import { unrehearsed } from './identity/stand-ins';
import { findOauthappPlugin } from './server/oauthapp-plugin';
import { findServer } from './server/server-binary';
import { rehearseConsent } from './rehearsed-consent';
import { Rehearsal, type Synthesizer } from './rehearsal';
import type { StepLog } from './step-log';
import { ACCESS_TOKEN_TTL_SECONDS } from './webex/behavior';

/* The whole main job on one machine: real server, real plugin, real policies. Only Webex is simulated. */

export const QUICKSTART_STEPS = 9;

/** The engine treats a token as expired 10 s before its expiry, so this one expires after a second. */
const SHORT_LIFE_SECONDS = 11;

/** Only a very busy machine needs this long. */
const RENEWAL_LIMIT_MS = 300_000;

export interface QuickstartOptions {
  readonly declared: Deployment;
  /** Name of the declaration, for a message. @default "deployment.ts" */
  readonly file?: string;
  /** Path of the main file of webex-token-vault. @default - the one of the clone */
  readonly program?: string;
  /** Path of the plugin binary. @default - the one of `OAUTHAPP_PLUGIN`, of the cache or a new build */
  readonly plugin?: string;
  readonly steps: StepLog;
  /** Shows the consent URL to a person. @default - consent is given automatically */
  readonly onConsentUrl?: ShowUrl;
  /** @default - in this process */
  readonly synthesizer?: Synthesizer;
  /** Whether a person keeps using the servers. @default false */
  readonly keep?: boolean;
  readonly signal: AbortSignal;
}

/** The parts that run until the rehearsal is disposed of. */
export interface Quickstart {
  readonly rehearsal: Rehearsal;
  readonly app: App;
  readonly credentialName: string;
  /** Path of the server's binary, which is also its command line. */
  readonly binary: string;
}

/**
 * Starts the servers, applies the declaration, authorizes, reads a token and waits for its successor.
 *
 * @param onRehearsal gets the servers, which the caller must stop even if a later step fails
 * @throws ExplainedError about the step that failed
 */
export async function runQuickstart(
  options: QuickstartOptions,
  onRehearsal: (rehearsal: Promise<Rehearsal>) => void,
): Promise<Quickstart> {
  const { declared, file = 'deployment.ts', program, steps, onConsentUrl, synthesizer, keep = false, signal } = options;
  const app = declared.apps.find((each) => unrehearsed(each) === undefined);
  const credentialName = app?.reads[0];
  if (app === undefined || credentialName === undefined) {
    const [first] = declared.apps.map(unrehearsed);
    throw new ExplainedError(
      first === undefined
        ? 'the deployment declares no app, so nothing would read a token; declare one, such as "people-me"'
        : `no app of the deployment can log in here: ${first}; declare one with another login`,
    );
  }

  const { binary, pluginPath } = await findPrograms(steps, options.plugin);

  const { rehearsal } = await steps.run('Starting the server and a simulated Webex', async () => {
    const starting = Rehearsal.start({ declared, binary, pluginPath, hasBackups: keep, synthesizer, program });
    onRehearsal(starting);
    const started = await starting;
    return {
      rehearsal: started,
      said: `${started.server.product} runs at ${started.server.address}, a simulated Webex at ${started.webex.url}`,
    };
  });

  await steps.run('Synthesizing stack webex-tokens', async () => {
    await rehearsal.synthesize();
    return { said: `stack webex-tokens synthesized from ${file}` };
  });

  await steps.run('Applying stack webex-tokens', async (note) => {
    const { by, changed } = await rehearsal.apply({ note });
    return { said: `${changed.length} resources deployed as operator provisioner, by ${by}` };
  });

  await steps.run(`Authorizing ${credentialName}`, async (note) => {
    const { person } = await rehearseConsent(rehearsal, { credentialName, onConsentUrl, onNotice: note, signal });
    return {
      said: `credential ${credentialName} authorized as operator authorizer; ${person?.displayName ?? 'somebody'} consented once`,
    };
  });

  const { vault } = await steps.run(`Logging in as ${app.name}`, async (note) => {
    declared.apps.flatMap((each) => unrehearsed(each) ?? []).forEach((line) => note(line));
    const pointed = findApp(rehearsal.deployment, app.name);
    const login = loginAs(rehearsal.admin.connection, await rehearsal.identity(pointed));
    const { type } = loginOf(rehearsal.deployment, pointed);
    const standIn =
      type === 'approle'
        ? 'AppRole'
        : `${type}, with a token of a stand-in for its ${type === 'jwt' ? 'issuer' : 'cluster'}`;
    return { vault: await login.vault(), said: `logged in as app ${app.name}, by ${standIn}` };
  });

  const { apiUrl } = rehearsal.deployment.webex;
  const { first } = await steps.run(`Reading ${credentialName}`, async () => {
    const { accessToken } = await readCredential(vault, declared.engine.mountPath, credentialName);
    return {
      first: accessToken,
      said: `access token read; Webex's people/me returns ${await whose(apiUrl, accessToken)}`,
    };
  });

  await steps.run('Waiting for the next access token', async (note) => {
    await fetchShortToken(rehearsal, credentialName);
    rehearsal.webex.grants.expireAccessTokens();
    await mustRefuse(apiUrl, first);
    note('Webex no longer accepts the earlier access tokens; reading until the engine has the next one');
    const deadline = Date.now() + RENEWAL_LIMIT_MS;
    while (Date.now() < deadline) {
      const { accessToken } = await readCredential(vault, declared.engine.mountPath, credentialName);
      const me = await whose(apiUrl, accessToken).catch((error: unknown) => {
        if (isExpired(error)) {
          return undefined;
        }
        throw error;
      });
      if (me !== undefined) {
        return {
          said: `the first access token expired; the engine got the next one without consent, and people/me returns ${me}`,
        };
      }
      await sleep(100, undefined, { signal });
    }
    throw new ExplainedError(
      `the engine had no new access token ${RENEWAL_LIMIT_MS / 1000} s after the first one expired, although it needs ${SHORT_LIFE_SECONDS} s at most; please report this`,
    );
  });

  return { rehearsal, app, credentialName, binary };
}

/**
 * Makes the engine fetch a token that soon expires. It refreshes for a read that asks for a longer lifetime than any token
 * has. All later tokens live as long as Webex's own.
 */
async function fetchShortToken({ admin, deployment, webex }: Rehearsal, credentialName: string): Promise<void> {
  const tooLong = 2 * ACCESS_TOKEN_TTL_SECONDS;
  const path = `${deployment.engine.mountPath}/creds/${credentialName}?minimum_seconds=${tooLong}`;
  webex.behavior.accessTokenTtlSeconds = SHORT_LIFE_SECONDS;
  // The engine stores the token, and answers that it expires too early.
  await admin.read(path).catch((error: unknown) => {
    if (!(error instanceof VaultResponseError && error.statusCode === 400)) {
      throw error;
    }
  });
  webex.behavior.accessTokenTtlSeconds = ACCESS_TOKEN_TTL_SECONDS;
}

/** Finds both programs at once, because without a cache the server's download and the plugin's build take minutes. */
async function findPrograms(steps: StepLog, released?: string): Promise<{ binary: string; pluginPath: string }> {
  const unneeded = new AbortController();
  let said = released && `using the oauthapp plugin of this release: ${released}`;
  let tell = (line: string): void => {
    said = line;
  };
  const plugin =
    released === undefined
      ? findOauthappPlugin((line) => tell(line), { signal: unneeded.signal })
      : Promise.resolve(released);
  // The plugin's own step reports its failure.
  plugin.catch(() => undefined);
  try {
    const { binary } = await steps.run('Looking for the server', async (note) => ({ binary: await findServer(note) }));
    const { pluginPath } = await steps.run('Looking for the oauthapp plugin', async (note) => {
      tell = note;
      if (said !== undefined) {
        note(said);
      }
      return { pluginPath: await plugin };
    });
    return { binary, pluginPath };
  } catch (error) {
    unneeded.abort();
    throw error;
  }
}

/** Display name of the account, if the declared scopes permit the question. */
async function whose(apiUrl: string, accessToken: string): Promise<string> {
  try {
    return (await peopleMe({ apiUrl, accessToken })).displayName;
  } catch (error) {
    if (error instanceof WebexResponseError && error.statusCode === 403) {
      return 'nothing, because the scopes do not permit it';
    }
    throw error;
  }
}

async function mustRefuse(apiUrl: string, accessToken: string): Promise<void> {
  const answer = await peopleMe({ apiUrl, accessToken }).catch((error: unknown) => error);
  if (!isExpired(answer)) {
    throw new ExplainedError('the simulated Webex still accepts an expired access token; please report this');
  }
}

function isExpired(error: unknown): boolean {
  return error instanceof WebexResponseError && error.statusCode === 401;
}
