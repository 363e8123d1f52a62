import { exchange, type RequestLimits } from './http-exchange';

/** Webex's refusal to show a consent page, or its error at the redirect URL. */
export interface ConsentRefusal {
  readonly status: number;
  /** OAuth error at the redirect URL. @default - Webex does not know the client id or the redirect URL */
  readonly error?: string;
  /** Webex's own words about that error. */
  readonly said?: string;
}

export interface AskingClient {
  readonly name: string;
  readonly clientId: string;
  readonly redirectUrl: string;
}

/** Explanation of a refusal without an OAuth error. */
export function noConsentPage(status: number, { name, clientId, redirectUrl }: AskingClient): string {
  return `Webex shows no consent page for integration "${name}" (${status}): it does not know client id "${clientId}", or redirect URL ${redirectUrl} is not registered for it`;
}

/**
 * A request for the consent page, as a browser sends it. No redirect is followed. Webex answers with an error status if
 * it does not know the client or the redirect URL. For unknown scopes, Webex redirects to the redirect URL with an
 * error.
 *
 * @see https://developer.webex.com/docs/integrations#requesting-permission
 * @returns undefined if the answer is no refusal
 * @throws WebexUnreachableError; the signal's reason
 */
export async function consentRefusal(
  url: URL,
  redirectUrl: string,
  limits: RequestLimits = {},
): Promise<ConsentRefusal | undefined> {
  const apiUrl = url.href.replace(/[?#].*$/, '');
  const request = { ...limits, method: 'GET', url, headers: { accept: 'text/html' }, apiUrl } as const;
  return exchange(request, ({ status, headers: { location = '' } }) => {
    if ([400, 401, 404].includes(status)) {
      return { status };
    }
    const target = URL.canParse(location) ? new URL(location) : undefined;
    const returned = target?.href.startsWith(redirectUrl) === true ? target.searchParams : undefined;
    const error = returned?.get('error') ?? undefined;
    return error === undefined ? undefined : { status, error, said: returned?.get('error_description') ?? undefined };
  });
}
