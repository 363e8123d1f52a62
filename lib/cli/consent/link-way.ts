import { commandLine, UsageError, VaultResponseError } from '#core';
import { authorizeByLink } from '../../consent-site/link/served-link';
import type { ConsentSite } from '../../declaration/derived/consent-site';
import { declaringFile } from '../../declaration/deployment-file';
import type { Credential } from '../../declaration/schema/deployment';
import type { Grant } from '../../grants/consent/grant';
import type { PreparePkceOptions } from '../../grants/consent/ways/pkce-grant';
import type { OperatorSession } from '../../operators/operator-session';
import { say } from '../command';
import { type ConsentDisplay, loginName, showLink } from './consent-display';
import { consentWebhook, type NotifyChoice, sitePlace, type SiteChoice } from './site-options';
import { WaitingNotices } from './waiting-notices';

/*
 * The way to a grant by a link, for an integration whose redirect URL leads to a consent site.
 */

export type LinkChoice = ConsentDisplay & SiteChoice & NotifyChoice;

/** The login that stores the grant. */
export interface StoringLogin {
  readonly session: OperatorSession;
  /** Opens another session, as the first one was opened. */
  readonly again: () => Promise<OperatorSession>;
}

const LONGEST_SECONDS = 24 * 3600;
export const LINK_TIMEOUT_SECONDS = 3600;

/** @throws UsageError for an option that has no effect with a link, or if anybody could consent */
export function refuseForLink({ name, integration, owner }: Credential, options: LinkChoice): void {
  const { browser, open, timeout } = options;
  if (!browser || !open) {
    throw new UsageError(
      `${browser ? '--no-open' : '--no-browser'} has no effect, because the redirect URL of integration "${integration}" leads to a consent site; leave it out, and the command prints a link to send`,
    );
  }
  if (owner === undefined) {
    throw new UsageError(
      `credential "${name}" has no owner, so whoever opens the link could give it any account; declare its owner in ${declaringFile()}, or use another way: ${commandLine('authorize', name, '--device')}`,
    );
  }
  if (timeout > LONGEST_SECONDS) {
    throw new UsageError(
      `--timeout of a link must be at most 1d (${LONGEST_SECONDS} s), got ${timeout} s; give a shorter one`,
    );
  }
  sitePlace(options);
  consentWebhook(options);
}

/** @throws as {@link authorizeByLink} */
export async function authorizeWithLink(
  run: PreparePkceOptions,
  {
    credential,
    site,
    login,
  }: { readonly credential: Credential; readonly site: ConsentSite; readonly login: StoringLogin },
  options: LinkChoice,
): Promise<Grant> {
  const { vault, deployment, signal } = run;
  const { session, again } = login;
  const { owner = '', name } = credential;
  const { requester = loginName() } = options;
  const place = sitePlace(options);
  const webhook = consentWebhook(options);
  const notices = webhook && new WaitingNotices({ webhook, deployment, address: vault.address });
  return authorizeByLink({
    ...run,
    ...place,
    site,
    owner,
    requester,
    timeoutSeconds: options.timeout,
    ...(session.isLoggedIn
      ? {
          asAuthorizer: async (work) => {
            await using another = await again();
            return await work(another.vault);
          },
        }
      : { tokenExpires: await tokenExpiry(session, signal) }),
    onLink: async (link, over) => {
      await showLink(link, options);
      await notices?.tell([{ credential: name, requester, until: link.until }], over);
    },
  });
}

/** @returns undefined if the token never expires, or does not tell */
async function tokenExpiry(session: OperatorSession, signal?: AbortSignal): Promise<Date | undefined> {
  try {
    return await session.tokenExpiry(signal);
  } catch (error) {
    if (!(error instanceof VaultResponseError && error.statusCode === 403)) {
      throw error;
    }
    say('notice: Vault does not tell this token when it expires. If that is before the consent, nothing is stored.');
    return undefined;
  }
}
