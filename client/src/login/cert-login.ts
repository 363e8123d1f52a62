import {
  ExplainedError,
  loginAt,
  LoginHoldOff,
  NotPermitted,
  type Presented,
  type VaultConnection,
  type VaultLease,
  VaultLogin,
  VaultUnreachableError,
  WITHOUT_LOCKOUT_MS,
} from '#core';
import { readClientCertificate, type ClientCertificateFiles, type ReadCertificate } from './client-certificate';

/** The login by a client certificate. Its files are read at every login, so they may be replaced while the program runs. */
export interface CertLoginOptions extends ClientCertificateFiles {
  /** Name of the role in Vault, which is the name of the app. */
  readonly role: string;
  /** Mount of the auth method. @default "cert" */
  readonly mountPath?: string;
}

/** A login by a client certificate in TLS. The renewal of the Vault token presents the same certificate. */
export class CertLogin extends VaultLogin {
  readonly #vault: VaultConnection;
  readonly #options: CertLoginOptions;
  #shown?: VaultConnection;

  /** @throws ExplainedError if the address of Vault is not https */
  constructor(vault: VaultConnection, options: CertLoginOptions) {
    super(new LoginHoldOff(Date.now, WITHOUT_LOCKOUT_MS));
    if (!/^https:/i.test(vault.address)) {
      throw new ExplainedError(
        `a client certificate needs TLS, and Vault at ${vault.address} is asked in plain HTTP; use https in VAULT_ADDR, without a proxy that ends TLS`,
      );
    }
    this.#vault = vault;
    this.#options = options;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    await this.#shown?.close();
  }

  protected override async present(): Promise<Presented> {
    const certificate = await readClientCertificate(this.#options);
    // Connections with the previous certificate stay open, because a request may be using one.
    const vault = this.#vault.withCertificate(certificate);
    this.#shown = vault;
    return { proof: certificate.certPem, vault, logIn: () => this.#logIn(vault, certificate) };
  }

  async #logIn(vault: VaultConnection, certificate: ReadCertificate): Promise<VaultLease> {
    const { role, mountPath = 'cert' } = this.#options;
    const explain = (said: string, statusCode: number): NotPermitted | undefined => {
      // Vault reports an expired certificate by a 500.
      const isRefusal = statusCode === 400 || statusCode === 403 || /x509|client's certificate/.test(said);
      const quoted = said === '' ? '' : `: ${said}`;
      const message = `Vault does not log the certificate in at auth/${mountPath} as "${role}" (${statusCode}${quoted}): ${reason(said, certificate)}`;
      return isRefusal ? new NotPermitted(message) : undefined;
    };
    try {
      return await loginAt(vault, { mountPath, data: { name: role }, explain });
    } catch (error) {
      // The listener of Vault requires a certificate of its CA.
      if (
        error instanceof VaultUnreachableError &&
        /^ERR_SSL_.*_ALERT_.*(?:CERT|CA$|ACCESS_DENIED)/.test(error.networkCode)
      ) {
        throw new NotPermitted(
          `Vault at ${vault.address} refuses the client certificate in TLS (${error.networkCode}): ${endOf(certificate) ?? 'it is not from a CA that the server accepts'}; have another one issued, or the CA added to the server`,
        );
      }
      throw error;
    }
  }
}

function reason(said: string, certificate: ReadCertificate): string {
  const end = endOf(certificate);
  if (end !== undefined) {
    return `${end}; have another one issued, and check why that was not done in time`;
  }
  const [, text] = REASONS.find(([pattern]) => pattern.test(said)) ?? [undefined, ANOTHER_CA];
  return text;
}

/** Reasons by the words of Vault. HashiCorp Vault has one text for another CA, another name and a missing role. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [
    /^no client certificate|certificate must be supplied|tls connection required/,
    'it did not reach Vault, because a proxy ends TLS or the listener asks for no certificate. Connect to Vault directly, or let TLS pass through (with tls_disable_client_certs off)',
  ],
  [
    /no chain matching all constraints/,
    'it is from the declared CA, but not for the declared DNS name or URI; have one issued for that',
  ],
  [
    /failed to match all constraints/,
    'its CA, or its DNS name or URI, is not the declared one, or there is no such role. Have one issued by that CA for that name, set VAULT_ROLE to the name of the app, or have the app deployed',
  ],
  [
    /^permission denied$/,
    'no auth method is mounted there, or it refuses this network; set VAULT_AUTH_MOUNT, or have the app deployed',
  ],
];

const ANOTHER_CA =
  'its CA is not the declared one, or there is no such role. Have one issued by that CA, set VAULT_ROLE to the name of the app, or have the app deployed';

/** @returns undefined if the certificate has not expired, by the local clock */
function endOf({ expireTime }: ReadCertificate): string | undefined {
  return expireTime.getTime() < Date.now() ? `it expired on ${expireTime.toISOString().slice(0, 19)}Z` : undefined;
}
