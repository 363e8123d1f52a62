import { once } from 'node:events';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describeError, oneLine, quotedList, UsageError, vaultServerFromEnvironment } from '#core';
import { SiteServer } from '../../browser/site/site-server';
import { authorizerPlace } from '../../consent-site/people/people-login';
import { PEOPLE_POSTS, PeopleSite } from '../../consent-site/people/people-site';
import type { WaitingLook } from '../../consent-site/people/waiting-consents';
import { type ConsentSite, consentSites } from '../../declaration/derived/consent-site';
import { declaringFile } from '../../declaration/deployment-file';
import type { Deployment } from '../../declaration/schema/deployment';
import { VaultClient } from '../../vault/vault-client';
import { say } from '../command';
import { declaredDeployment } from '../operated-command';
import { readSecret } from '../secret-source';
import { type SiteChoice, sitePlace } from './site-options';

export interface PeopleRunOptions extends SiteChoice {
  /** Address of the site, if several are declared. */
  readonly site?: string;
  /** Folder with a file for each integration. */
  readonly clientSecrets?: string;
}

/**
 * Serves the site of the people who may consent, until the signal is aborted. No login of this process is used: neither a
 * token of the environment, nor a folder of operators.
 *
 * @param onWaiting gets each list that a person was shown
 */
export async function servePeople(
  command: Command,
  options: PeopleRunOptions,
  signal: AbortSignal,
  onWaiting?: (look: WaitingLook) => void,
): Promise<void> {
  const { clientSecrets } = options;
  if (clientSecrets === undefined) {
    throw new UsageError(
      'the site exchanges codes, so it needs client secrets; name the folder that has a private file for each integration with --client-secrets',
    );
  }
  const declared = new CurrentDeployment(command, (await declaredDeployment(command)).deployment);
  const { latest } = declared;
  const { base, redirectPaths, oidcCallback } = siteToServe(latest, options.site);
  const place = sitePlace(options);
  const people = new PeopleSite({
    base,
    deployment: () => declared.load(),
    vault: new VaultClient({ ...vaultServerFromEnvironment(latest.vault), token: undefined }),
    clientSecret: ({ name }) => {
      const file = join(clientSecrets, name);
      return readSecret({ what: 'client secret', file, option: '--client-secrets', question: '' }, signal);
    },
    onNotice: say,
    onWaiting,
    signal,
  });
  const server = await SiteServer.listen({
    base,
    // A HEAD of the callback would use up the code.
    redirectPaths: [...redirectPaths, oidcCallback.href.slice(base.href.length)],
    posts: PEOPLE_POSTS,
    ...place,
    answer: (request) => people.answer(request),
    onProblem: say,
  });
  try {
    say(`people consent at ${base.href}, which this command serves at ${server.address}`);
    if (!signal.aborted) {
      await once(signal, 'abort');
    }
  } finally {
    // First the exchanges that have begun, because their browsers wait for the outcome.
    await people[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  }
}

/** The declaration as it is now. While it is broken, the last good one counts. */
class CurrentDeployment {
  #problem: string | undefined;

  constructor(
    private readonly command: Command,
    public latest: Deployment,
  ) {}

  async load(): Promise<Deployment> {
    let problem: string | undefined;
    try {
      this.latest = (await declaredDeployment(this.command)).deployment;
    } catch (error) {
      problem = oneLine(describeError(error));
    }
    if (problem !== this.#problem) {
      say(problem === undefined ? 'the declaration is used again' : `the declaration as it was is used: ${problem}`);
      this.#problem = problem;
    }
    return this.latest;
  }
}

/** @throws UsageError if the declaration has no such site, or several */
function siteToServe(deployment: Deployment, asked: string | undefined): ConsentSite {
  const sites = consentSites(deployment);
  const addresses = sites.map(({ base }) => base.href);
  const [site] = asked === undefined ? sites : sites.filter(({ base }) => base.href === asked);
  if (site === undefined) {
    throw new UsageError(
      asked === undefined
        ? `no integration of ${declaringFile()} has an https redirectUrl, so there is no site to serve; declare one like "https://grants.example.com/callback", and register it at Webex`
        : `${declaringFile()} has no site at ${asked}, only at ${quotedList(addresses)}; correct --site`,
    );
  }
  if (asked === undefined && sites.length > 1) {
    throw new UsageError(
      `${declaringFile()} has several sites, and a command serves one; choose it by --site: ${quotedList(addresses)}`,
    );
  }
  if (authorizerPlace(deployment, site.base) === undefined) {
    throw new UsageError(
      `people log in on the site as the authorizer, and ${declaringFile()} declares no operators.oidc.groups.authorizer; declare the groups whose members may consent, and deploy`,
    );
  }
  return site;
}
