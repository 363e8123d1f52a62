import { readFileSync } from 'node:fs';
import {
  errorCode,
  ExplainedError,
  type VaultConnection,
  readSetting,
  LoginHoldOff,
  WITHOUT_LOCKOUT_MS,
  loginAt,
  type VaultLease,
  VaultLogin,
  type Presented,
} from '#core';
import { requireJwt } from './jwt';
import { explainJwtRefusal } from './jwt-refusal';

/** The login by the service account of a pod. */
export interface KubernetesLoginOptions {
  /** Name of the role in Vault, which is the name of the app. */
  readonly role: string;
  /**
   * File with the token. It is read at every login, because Kubernetes and others replace it.
   *
   * @default - the file that every pod has, for Kubernetes only
   */
  readonly file?: string;
  /** Mount of the auth method. @default - the name of the method: "jwt" or "kubernetes" */
  readonly mountPath?: string;
}

/** The login by a JWT, which comes from either `file` or `token`. */
export interface JwtLoginOptions extends KubernetesLoginOptions {
  /** Returns the token, and is called at every login. @default - the token is in the file */
  readonly token?: () => string | Promise<string>;
}

/** The auth method: `jwt` for any issuer, `kubernetes` for a service account, which Vault verifies with the cluster. */
export type JwtMethod = 'jwt' | 'kubernetes';

/** @see https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/ */
const POD_TOKEN_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** A login by a JWT of another issuer: a CI system, a cluster, an identity provider. */
export class JwtLogin extends VaultLogin {
  readonly #vault: VaultConnection;
  readonly #options: JwtLoginOptions;
  readonly #method: JwtMethod;

  /** @throws TypeError unless there is exactly one source of the token */
  constructor(vault: VaultConnection, options: JwtLoginOptions, method: JwtMethod = 'jwt') {
    super(new LoginHoldOff(Date.now, WITHOUT_LOCKOUT_MS));
    const sources = [options.file, options.token].filter((source) => source !== undefined).length;
    if (sources > 1 || (sources === 0 && method === 'jwt')) {
      throw new TypeError('give exactly one of file and token');
    }
    this.#vault = vault.withToken(undefined);
    this.#options = options;
    this.#method = method;
  }

  protected override present(): Presented {
    const { token } = this.#options;
    if (token !== undefined) {
      // Each token may be new, so the hold-off counts refusals of the function, not of a token.
      const logIn = async () => this.#logIn(requireJwt(await token(), 'the function "token" gave'));
      return { proof: 'token', vault: this.#vault, logIn };
    }
    const jwt = this.#read();
    return { proof: jwt, vault: this.#vault, logIn: () => this.#logIn(jwt) };
  }

  #logIn(jwt: string): Promise<VaultLease> {
    const { role, mountPath = this.#method } = this.#options;
    const attempt = { jwt, role, mountPath, method: this.#method, address: this.#vault.address };
    const explain = (said: string, statusCode: number) => explainJwtRefusal(said, statusCode, attempt);
    return loginAt(this.#vault, { mountPath, data: { role, jwt }, secret: jwt, explain });
  }

  #read(): string {
    const { file } = this.#options;
    return file === undefined
      ? requireJwt(podToken(), `${POD_TOKEN_FILE} holds`)
      : requireJwt(readSetting('VAULT_JWT_FILE', file), `VAULT_JWT_FILE names ${file}, which holds`);
  }
}

function podToken(): string {
  try {
    return readFileSync(POD_TOKEN_FILE, 'utf8');
  } catch (error) {
    throw new ExplainedError(
      `no service account token is at ${POD_TOKEN_FILE} (${errorCode(error)}), where a pod has one by default; set VAULT_JWT_FILE to its path, or run this in a pod`,
    );
  }
}
