import { awaitDeviceGrant, beginDeviceGrant, type DeviceGrant } from '../../../webex/device-grant';
import type { Clock } from '../../../webex/retrying-request';
import { type AskForSecret, confirmedSecret } from '../confirmed-secret';
import type { Grant } from '../grant';
import { importPair } from './grant-import';
import { type ImportOptions, prepareImport } from './prepared-import';

/*
 * The device grant: a person receives a code, and consents in any browser. The engine's own device grant does not
 * fit Webex's. So the command requests the tokens, checks the account, and then has the engine keep the grant.
 */

/** The request to a person. */
export interface DeviceInvitation {
  readonly grant: DeviceGrant;
  readonly credential: string;
  readonly integration: string;
  readonly scopes: readonly string[];
  /** Email of the only account that is accepted. @default - any account is accepted */
  readonly email?: string;
}

export interface DeviceConsentOptions extends ImportOptions {
  readonly clientSecret: AskForSecret;
  /** Shows the code to the person who sends it on. */
  readonly onCode: (invitation: DeviceInvitation) => void | Promise<void>;
  /** Clock of the pauses between polls. @default - the machine's clock */
  readonly clock?: Clock;
}

/**
 * Has a person consent, at this machine or elsewhere, while the code is valid.
 *
 * @throws WrongAccount, with the credential unchanged; DeviceGrantDenied, DeviceGrantExpired; ExplainedError for every
 *   other problem that a person can solve; the signal's reason
 */
export async function authorizeByDevice(options: DeviceConsentOptions): Promise<Grant> {
  const prepared = await prepareImport({ way: '--device', ...options });
  const { apiUrl, credential, expected, signal } = prepared;
  const { name, integration, scopes } = credential;
  const { clientId } = prepared.stored;
  const { clock } = options;
  const clientSecret = await confirmedSecret(prepared, options.clientSecret);
  const grant = await beginDeviceGrant({ apiUrl, clientId, scopes, signal, clock });
  await options.onCode({ grant, credential: name, integration, scopes, email: expected?.email });
  const pair = await awaitDeviceGrant({ apiUrl, grant, clientSecret, signal, clock });
  return importPair(prepared, pair, new Date(), {
    advice: (email) => `begin again, and have ${email} enter the new code`,
  });
}
