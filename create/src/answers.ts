import { isPlainHttp, UsageError } from '#core';

/** The part of a deployment that the program asks for. */
export interface Answers {
  /** Folder of the deployment, relative to the current one. */
  readonly folder: string;
  /** Address of a Vault that exists. @default - a server in a container on this machine */
  readonly vault?: string;
  /** Email of the only account that may consent. @default - any account */
  readonly owner?: string;
}

/** @throws UsageError if Vault cannot be there, or gets tokens unencrypted */
export function checkAddress(address: string): string {
  const url = URL.canParse(address) && !/['"\\\s]/.test(address) ? new URL(address) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new UsageError(
      `the address of Vault is a URL, got "${address}"; write it like https://vault.example.com:8200`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError('the address of Vault contains a user or a password, which Vault ignores; leave them out');
  }
  if (isPlainHttp(address)) {
    throw new UsageError(`${address} would get tokens unencrypted over the network; use https`);
  }
  return address;
}

/** @throws UsageError if the text is no email address */
export function checkEmail(email: string): string {
  if (!/^[^\s@'"\\]+@[^\s@'"\\]+$/.test(email)) {
    throw new UsageError(`the owner is the email of an account, got "${email}"; write it like ada@example.com`);
  }
  return email;
}
