import { describeError, ExplainedError } from '#core';
import { SiteServer, type SiteServerOptions } from '../../browser/site/site-server';
import type { ConsentSite } from '../../declaration/derived/consent-site';
import { requireConsentPage } from '../../grants/consent/consent';
import { consentRefused } from '../../grants/consent/consent-refused';
import type { Grant } from '../../grants/consent/grant';
import { finishPkce, pkceUrl, preparePkce, type PreparePkceOptions } from '../../grants/consent/ways/pkce-grant';
import type { VaultClient } from '../../vault/vault-client';
import { askedConsent } from '../asked-consent';
import { ConsentLink } from './consent-link';

/** A link to send to the person who consents. */
export interface ServedLink {
  /** Address with the secret. */
  readonly url: string;
  readonly owner: string;
  readonly until: Date;
  /** Whether the token that stores the grant ends before the time that was asked for. */
  readonly endsWithToken: boolean;
  /** Host and port of the site on this machine. */
  readonly address: string;
}

export interface LinkConsentOptions extends PreparePkceOptions, Pick<SiteServerOptions, 'listen' | 'tls'> {
  readonly site: ConsentSite;
  /** Email of the only account that is accepted. */
  readonly owner: string;
  /** Name of the person who asks. */
  readonly requester: string;
  readonly timeoutSeconds: number;
  /** When the token of `vault` expires. @default - later than the link, or `asAuthorizer` logs in anew */
  readonly tokenExpires?: Date;
  /** Does the last step of an attempt with a client that is logged in. @default - with `vault` */
  readonly asAuthorizer?: (work: (vault: VaultClient) => Promise<Grant>) => Promise<Grant>;
  /**
   * Shows the link. The site answers by then.
   *
   * @param over aborted when the link has ended
   */
  readonly onLink: (link: ServedLink, over: AbortSignal) => void | Promise<void>;
}

/** Time for the last step, in which the token of Vault must be valid. */
const LAST_STEP_MS = 30_000;

/**
 * Serves a link until a person has consented by it. The account is checked before anything is replaced.
 *
 * @throws ExplainedError for every problem that a person can solve, or if nobody consents in time; the signal's reason
 */
export async function authorizeByLink(options: LinkConsentOptions): Promise<Grant> {
  const { site, listen, tls, owner, requester, asAuthorizer, onLink, onNotice: notice = () => undefined } = options;
  // The port is taken before anybody types a secret. The link comes afterwards.
  const served: { link?: ConsentLink } = {};
  await using server = await SiteServer.listen({
    ...site,
    listen,
    tls,
    answer: async (request) => served.link?.answer(request),
    onProblem: notice,
  });
  const prepared = await preparePkce(options);
  const { signal, credential, integration, vault } = prepared;
  const { until, endsWithToken } = endOf(options);
  const [redirectPath = ''] = site.redirectPaths;
  const again = 'have the person open the link again';
  const link = new ConsentLink({
    base: site.base,
    redirectPath,
    request: {
      requester,
      ...askedConsent(prepared),
      owner,
      until,
      replaces: prepared.replaces,
    },
    urlFor: ({ state, codeVerifier }) => pkceUrl(prepared, state, codeVerifier),
    explain: (error, said) =>
      consentRefused({ integration: integration.name, scopes: credential.scopes, again }, error, said),
    finish: async (code, { codeVerifier }) => {
      const finish = (client: VaultClient): Promise<Grant> =>
        finishPkce({ ...prepared, vault: client }, code, codeVerifier);
      return asAuthorizer === undefined ? finish(vault) : asAuthorizer(finish);
    },
    onFailure: (error) => notice(`An attempt failed: ${describeError(error)}. The link stays valid.`),
  });
  served.link = link;
  await requireConsentPage(prepared, pkceUrl(prepared, 'check', 'check'.repeat(9)));
  const over = new AbortController();
  const stored = link.stored(signal, () => nobodyConsented(endsWithToken));
  const shown = (async () =>
    onLink({ url: link.url.href, owner, until, endsWithToken, address: server.address }, over.signal))();
  try {
    return await Promise.race([stored, shown.then(() => stored)]);
  } finally {
    over.abort();
    shown.catch(() => undefined);
    stored.catch(() => undefined);
  }
}

/** @throws ExplainedError if the token expires before anybody could consent */
function endOf({ timeoutSeconds, tokenExpires }: LinkConsentOptions): Pick<ServedLink, 'until' | 'endsWithToken'> {
  const now = Date.now();
  const wanted = now + timeoutSeconds * 1000;
  const possible = tokenExpires === undefined ? wanted : tokenExpires.getTime() - LAST_STEP_MS;
  if (possible <= now) {
    throw new ExplainedError(
      `the Vault token expires at ${tokenExpires?.toISOString()}, too soon for a consent; log in again, then run the command again`,
    );
  }
  return { until: new Date(Math.min(wanted, possible)), endsWithToken: possible < wanted };
}

function nobodyConsented(endsWithToken: boolean): ExplainedError {
  const advice = endsWithToken
    ? 'log in again, then run the command again'
    : 'run the command again, with a longer --timeout if necessary';
  return new ExplainedError(`nobody consented before the link expired; nothing was changed; ${advice}`);
}
