import type { AppDeclaration } from '../schema/app-declaration';
import { DEFAULT_AUDIENCE, type IdentityDeclaration } from '../schema/identity-declaration';
import { nameInVault, type Renamable } from '../schema/vault-name';

/*
 * How an app logs in, in Vault's words: the auth method, which it may share with others, and its role there.
 */

export type AppLogin = AppRoleLogin | JwtLogin | KubernetesLogin | CertLogin;

interface MethodBase {
  /** Where the method is mounted, below `auth/`. */
  readonly path: string;
  /** Whether the stack enables and configures it. */
  readonly isManaged: boolean;
}

/** By what the app has already. */
export type IdentityLogin = Exclude<AppLogin, AppRoleLogin>;

/** By a role id and a secret id, which somebody has to issue. */
export interface AppRoleLogin extends MethodBase {
  readonly type: 'approle';
}

/** @see https://developer.hashicorp.com/vault/api-docs/auth/jwt */
export interface JwtLogin extends MethodBase {
  readonly type: 'jwt';
  /** What hands the token to the app. */
  readonly from: 'jwt' | 'github' | 'gitlab';
  readonly issuer: string;
  /** PEM; without any, they are found by discovery. */
  readonly publicKeys?: readonly string[];
  readonly issuerCaPem?: string;
  readonly audience: string;
  readonly boundClaims: Readonly<Record<string, readonly string[]>>;
  readonly userClaim: string;
}

/** @see https://developer.hashicorp.com/vault/api-docs/auth/kubernetes */
export interface KubernetesLogin extends MethodBase {
  readonly type: 'kubernetes';
  /** Which reviews each token by itself. @default - that which Vault runs in, asked by Vault's own service account */
  readonly cluster?: { readonly address: string; readonly caPem: string };
  readonly serviceAccounts: readonly string[];
  readonly namespaces: readonly string[];
  readonly audience: string;
}

/** @see https://developer.hashicorp.com/vault/api-docs/auth/cert */
export interface CertLogin extends MethodBase {
  readonly type: 'cert';
  readonly caPem: string;
  readonly uris: readonly string[];
  readonly dnsNames: readonly string[];
}

/** @param appRole where AppRole is mounted, and whether the stack enables it */
export function appLogin(
  { identity }: Pick<AppDeclaration, 'identity'>,
  appRole: Omit<AppRoleLogin, 'type'>,
): AppLogin {
  return identity === undefined ? { type: 'approle', ...appRole } : identityLogin(identity);
}

/** @throws TypeError where it is none, which the schema refuses */
export function identityLogin({ jwt, github, gitlab, kubernetes, cert }: IdentityDeclaration): IdentityLogin {
  if (jwt !== undefined) {
    const { publicKeys, claims, userClaim } = jwt;
    const boundClaims = Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, [value].flat()]));
    return { ...ofIssuer(jwt), from: 'jwt', publicKeys, boundClaims, userClaim };
  }
  if (github !== undefined) {
    const { repository, ref, environment } = github;
    const boundClaims = {
      repository: [repository],
      ref: [ref],
      ...(environment === undefined ? {} : { environment: [environment] }),
    };
    return { ...ofIssuer(github), from: 'github', boundClaims };
  }
  if (gitlab !== undefined) {
    const { project, ref, refType, refProtected } = gitlab;
    const boundClaims = {
      project_path: [project],
      ref: [ref],
      ref_type: [refType],
      ...(refProtected ? { ref_protected: ['true'] } : {}),
    };
    return { ...ofIssuer(gitlab), from: 'gitlab', boundClaims };
  }
  if (kubernetes !== undefined) {
    const { path, manageMethod, cluster, serviceAccounts, namespaces, audience = DEFAULT_AUDIENCE } = kubernetes;
    return { type: 'kubernetes', path, isManaged: manageMethod, cluster, serviceAccounts, namespaces, audience };
  }
  if (cert !== undefined) {
    const { path, manageMethod, caPem, uris = [], dnsNames = [] } = cert;
    return { type: 'cert', path, isManaged: manageMethod, caPem, uris, dnsNames };
  }
  throw new TypeError('an identity of no kind');
}

interface OfIssuer {
  readonly path: string;
  readonly manageMethod: boolean;
  readonly issuer: string;
  readonly issuerCaPem?: string;
  readonly audience: string;
}

function ofIssuer({ path, manageMethod, issuer, issuerCaPem, audience }: OfIssuer) {
  return { type: 'jwt', path, isManaged: manageMethod, issuer, issuerCaPem, audience, userClaim: 'sub' } as const;
}

/** Path in Vault below which a method has its roles. */
export function rolesPath({ type, path }: Pick<AppLogin, 'type' | 'path'>): string {
  return `auth/${path}/${type === 'cert' ? 'certs' : 'role'}`;
}

/** Path in Vault of the role that an app has. */
export function rolePath(login: Pick<AppLogin, 'type' | 'path'>, app: Renamable): string {
  return `${rolesPath(login)}/${nameInVault(app)}`;
}

/** What apps that log in at the same path have in common. */
export function methodSettings(login: AppLogin): object {
  const { type, isManaged } = login;
  switch (login.type) {
    case 'jwt': {
      const { issuer, publicKeys = [], issuerCaPem = '' } = login;
      return { type, isManaged, issuer, publicKeys, issuerCaPem };
    }
    case 'kubernetes':
      return { type, isManaged, cluster: login.cluster };
    default:
      return { type, isManaged };
  }
}
