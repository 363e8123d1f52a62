import type { Deployment, Integration } from '../schema/deployment';

/*
 * Addresses of a consent site: the web pages on which people without a terminal consent. All of them are relative to the
 * redirect URL of an integration.
 */

export interface ConsentSite {
  /** Page of the people. It ends with "/". */
  readonly base: URL;
  /** Paths of the redirects from Webex, below the base, such as "callback". */
  readonly redirectPaths: readonly string[];
  /** Page that the identity provider of the people redirects to. */
  readonly oidcCallback: URL;
  /** Page that gets Webex's events about Service Apps. */
  readonly serviceAppEvents: URL;
}

/** Path of a link below the base, without its secret. */
export const LINK_PATH = 'authorize/';

/** @returns undefined if the integration redirects to this machine */
export function consentSite({ redirectUrl }: Pick<Integration, 'redirectUrl'>): ConsentSite | undefined {
  const { protocol, pathname } = new URL(redirectUrl);
  const base = new URL('.', redirectUrl);
  return protocol === 'http:'
    ? undefined
    : {
        base,
        redirectPaths: [pathname.slice(base.pathname.length)],
        oidcCallback: new URL('oidc/callback', base),
        serviceAppEvents: new URL('webhooks/service-apps', base),
      };
}

/** The sites of all integrations, each once. */
export function consentSites({ integrations }: Pick<Deployment, 'integrations'>): ConsentSite[] {
  const sites = new Map<string, ConsentSite>();
  for (const site of integrations.flatMap((integration) => consentSite(integration) ?? [])) {
    const { href } = site.base;
    const redirectPaths = new Set([...(sites.get(href)?.redirectPaths ?? []), ...site.redirectPaths]);
    sites.set(href, { ...site, redirectPaths: [...redirectPaths] });
  }
  return [...sites.values()];
}

/** Site on which people log in and consent. @returns undefined if the integration has none, or nobody may log in there */
export function peopleSite(
  { integrations, operators }: Pick<Deployment, 'integrations' | 'operators'>,
  integrationName: string,
): ConsentSite | undefined {
  const integration = integrations.find(({ name }) => name === integrationName);
  const mayLogIn = operators?.oidc?.groups.authorizer !== undefined;
  return mayLogIn && integration !== undefined ? consentSite(integration) : undefined;
}
