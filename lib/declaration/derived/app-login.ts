import { DEFAULT_AUDIENCE, type IdentityDeclaration } from '../schema/identity-declaration';

/*
 * The login of an app, in Vault's words: its auth method and its role. Apps may share an auth method.
 */

export type AppLogin = AppRoleLogin | JwtLogin | KubernetesLogin | CertLogin;

interface MethodBase {
  /** Path of the method, below `auth/`. */
  readonly path: string;
  /** The stack enables and configures the method. */
  readonly isManaged: boolean;
}

/** A login by an identity that the app has already. */
export type IdentityLogin = Exclude<AppLogin, AppRoleLogin>;

/** A login by a role id and an issued secret id. */
export interface AppRoleLogin extends MethodBase {
  readonly type: 'approle';
}

/** @see https://developer.hashicorp.com/vault/api-docs/auth/jwt */
export interface JwtLogin extends MethodBase {
  readonly type: 'jwt';
  /** Source of the app's token. */
  readonly from: 'jwt' | 'github' | 'gitlab';
  readonly issuer: string;
  /** PEM. @default - Vault discovers them at the issuer */
  readonly publicKeys?: readonly string[];
  readonly issuerCaPem?: string;
  readonly audience: string;
  readonly boundClaims: Readonly<Record<string, readonly string[]>>;
  readonly userClaim: string;
}

/** @see https://developer.hashicorp.com/vault/api-docs/auth/kubernetes */
export interface KubernetesLogin extends MethodBase {
  readonly type: 'kubernetes';
  /** Cluster whose tokens review themselves. @default - Vault's own cluster; Vault's service account reviews tokens */
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

/** @throws TypeError if no kind is set, which the schema refuses */
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
  throw new TypeError('the identity has no kind');
}

type IssuerIdentity = NonNullable<IdentityDeclaration['jwt' | 'github' | 'gitlab']>;

function ofIssuer({ path, manageMethod, issuer, issuerCaPem, audience }: IssuerIdentity) {
  return { type: 'jwt', path, isManaged: manageMethod, issuer, issuerCaPem, audience, userClaim: 'sub' } as const;
}

/** Path of a method's roles in Vault. */
export function rolesPath({ type, path }: Pick<AppLogin, 'type' | 'path'>): string {
  return `auth/${path}/${type === 'cert' ? 'certs' : 'role'}`;
}

/** Settings that apps of the same method share. */
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
