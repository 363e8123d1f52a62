import { once } from 'node:events';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { describeError, oneLine, UsageError, vaultServerFromEnvironment } from '#core';
import { SiteServer } from '../../browser/site/site-server';
import { organizationLine } from '../../consent-site/organizations/declaration-step';
import { OrganizationsFile } from '../../consent-site/organizations/organizations-file';
import { ServiceAppEvents, type ServiceAppEventsOptions } from '../../consent-site/organizations/service-app-events';
import { authorizerPlace } from '../../consent-site/people/people-login';
import { PEOPLE_POSTS, PeopleSite } from '../../consent-site/people/people-site';
import { type ConsentSite, consentSite } from '../../declaration/derived/consent-site';
import { declaringFile } from '../../declaration/deployment-file';
import type { Deployment, Integration } from '../../declaration/schema/deployment';
import { defaultToldFile } from '../../health/notifications/told-file';
import { VaultClient } from '../../vault/vault-client';
import { say } from '../command';
import { declaredDeployment } from '../operated-command';
import { readSecret } from '../secret-source';
import { servedSite } from './served-site';
import { consentWebhook, type NotifyChoice, type SiteChoice, sitePlace } from './site-options';
import { WaitingNotices } from './waiting-notices';

export interface PeopleRunOptions extends SiteChoice, NotifyChoice {
  /** Address of the site, if several are declared. */
  readonly site?: string;
  /** Folder with a file for each integration. */
  readonly clientSecrets?: string;
  /** File with the secrets of Webex's webhooks. */
  readonly webhookSecretFile?: string;
  /** Record of the organizations. */
  readonly organizationsState?: string;
}

/**
 * Serves the site of the people who may consent, until the signal is aborted. No login of this process is used: neither a
 * token of the environment, nor a folder of operators.
 */
export async function servePeople(command: Command, options: PeopleRunOptions, signal: AbortSignal): Promise<void> {
  const { clientSecrets } = options;
  const declared = new CurrentDeployment(command, (await declaredDeployment(command)).deployment);
  const { latest } = declared;
  const { base, redirectPaths, oidcCallback } = siteOfPeople(latest, options.site);
  if (clientSecrets === undefined) {
    throw new UsageError(
      'the site exchanges codes, so it needs client secrets; name the folder that has a private file for each integration with --client-secrets',
    );
  }
  const place = sitePlace(options);
  const vault = new VaultClient({ ...vaultServerFromEnvironment(latest.vault), token: undefined });
  const webhook = consentWebhook(options);
  const notices = webhook && new WaitingNotices({ webhook, deployment: latest, address: vault.address, site: base });
  const events = await eventsOf(declared, options, (organization) => {
    const line = organizationLine(organization);
    say(line);
    void notices?.tellOrganization(line, signal);
  });
  const clientSecret = ({ name }: Integration): Promise<string | undefined> => {
    const file = join(clientSecrets, name);
    return readSecret({ what: 'client secret', file, option: '--client-secrets', question: '' }, signal);
  };
  // Each consent reads its file anew. A file that is missing now would be found by the first person otherwise.
  await Promise.all(latest.integrations.filter((each) => consentSite(each)?.base.href === base.href).map(clientSecret));
  const people = new PeopleSite({
    base,
    deployment: () => declared.load(),
    vault,
    clientSecret,
    onNotice: say,
    onWaiting: ({ waiting }) =>
      void notices?.tell(
        waiting.map(({ name, cause }) => ({ credential: name, cause })),
        signal,
      ),
    events,
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

/** @throws UsageError if the declaration has no such site, or nobody may log in there */
function siteOfPeople(deployment: Deployment, asked: string | undefined): ConsentSite {
  const site = servedSite(deployment, asked);
  if (authorizerPlace(deployment, site.base) === undefined) {
    throw new UsageError(
      `people log in on the site as the authorizer, and ${declaringFile()} declares no operators.oidc.groups.authorizer; declare the groups whose members may consent, and deploy`,
    );
  }
  return site;
}

/** @returns undefined if no file with the secrets of the webhooks was named */
async function eventsOf(
  declared: CurrentDeployment,
  options: PeopleRunOptions,
  onWaiting: ServiceAppEventsOptions['onWaiting'],
): Promise<ServiceAppEvents | undefined> {
  const { webhookSecretFile: secretFile, organizationsState } = options;
  if (secretFile === undefined) {
    if (organizationsState !== undefined) {
      throw new UsageError('--organizations-state needs --webhook-secret-file; add it, or leave both out');
    }
    return undefined;
  }
  return ServiceAppEvents.open({
    deployment: () => declared.load(),
    secretFile,
    file: new OrganizationsFile(resolve(organizationsState ?? defaultOrganizationsFile())),
    onWaiting,
    onProblem: say,
  });
}

/** Beside the record of the notifications. */
function defaultOrganizationsFile(): string {
  return join(dirname(defaultToldFile()), 'organizations.json');
}
