import { quotedList, UsageError } from '#core';
import { type ConsentSite, consentSites } from '../../declaration/derived/consent-site';
import { declaringFile } from '../../declaration/deployment-file';
import type { Deployment } from '../../declaration/schema/deployment';

/**
 * The site that a command serves.
 *
 * @param asked address of the site @default - the only one
 * @throws UsageError if the declaration has no such site, or several
 */
export function servedSite(deployment: Deployment, asked: string | undefined): ConsentSite {
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
  return site;
}
