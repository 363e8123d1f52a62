import type { VaultClient } from '../../vault/vault-client';

/** A login that reads everything that a look needs. */
export interface ObserverLogin {
  readonly vault: VaultClient;
  /** Whether the token is from the observer's own login, and so is valid. @default false: a token was given */
  readonly isLoggedIn?: boolean;
  /** Place of a given token, such as `VAULT_TOKEN`. @default - unknown */
  readonly tokenSource?: string;
}

/** The token, as the subject of a sentence. */
export function tokenName({ tokenSource }: ObserverLogin): string {
  return tokenSource === undefined ? 'this Vault token' : `the token in ${tokenSource}`;
}

/** The step that replaces a given token by a login of the observer. */
export function observerStep({ tokenSource = '' }: ObserverLogin): string {
  // A login in the operators folder precedes the file of `vault login`, and follows the variables.
  return tokenSource.endsWith('_TOKEN')
    ? `unset ${tokenSource}, to log in as the observer`
    : 'log in as the observer: name the folder of its login by --operators';
}
