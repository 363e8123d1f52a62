import type { AppDeclaration } from './app-declaration';
import { vaultName } from './vault-name';

/*
 * How an app logs in, in Vault's words: the auth method, which it may share with others, and its role there.
 */

export type AppLogin = AppRoleLogin | JwtLogin | KubernetesLogin | CertLogin;

interface MethodBase {
  /** Where the method is mounted, below `auth/`. */
  readonly path: string;
  /** Whether the stack enables and configures it. */
  readonly isDeclared: boolean;
}

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
  readonly keys?: readonly string[];
  readonly issuerCa?: string;
  readonly audience: string;
  readonly boundClaims: Readonly<Record<string, readonly string[]>>;
  readonly userClaim: string;
}

/** @see https://developer.hashicorp.com/vault/api-docs/auth/kubernetes */
export interface KubernetesLogin extends MethodBase {
  readonly type: 'kubernetes';
  readonly clusterAddress: string;
  readonly clusterCa: string;
  readonly serviceAccounts: readonly string[];
  readonly namespaces: readonly string[];
  readonly audience: string;
}

/** @see https://developer.hashicorp.com/vault/api-docs/auth/cert */
export interface CertLogin extends MethodBase {
  readonly type: 'cert';
  readonly ca: string;
  readonly uris: readonly string[];
  readonly dnsNames: readonly string[];
}

/** @param appRole where AppRole is mounted, and whether the stack enables it */
export function appLogin({ identity }: AppDeclaration, appRole: Omit<AppRoleLogin, 'type'>): AppLogin {
  const { jwt, github, gitlab, kubernetes, cert } = identity ?? {};
  if (jwt !== undefined) {
    const { path, declareMethod, issuer, keys, issuerCa, audience, claims, userClaim } = jwt;
    const boundClaims = Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, [value].flat()]));
    return {
      type: 'jwt',
      from: 'jwt',
      path,
      isDeclared: declareMethod,
      issuer,
      keys,
      issuerCa,
      audience,
      boundClaims,
      userClaim,
    };
  }
  if (github !== undefined) {
    const { path, declareMethod, issuer, issuerCa, audience, repository, ref, environment } = github;
    const boundClaims = {
      repository: [repository],
      ref: [ref],
      ...(environment === undefined ? {} : { environment: [environment] }),
    };
    return {
      type: 'jwt',
      from: 'github',
      path,
      isDeclared: declareMethod,
      issuer,
      issuerCa,
      audience,
      boundClaims,
      userClaim: 'sub',
    };
  }
  if (gitlab !== undefined) {
    const { path, declareMethod, issuer, issuerCa, audience, project, ref, refType } = gitlab;
    const boundClaims = { project_path: [project], ref: [ref], ref_type: [refType] };
    return {
      type: 'jwt',
      from: 'gitlab',
      path,
      isDeclared: declareMethod,
      issuer,
      issuerCa,
      audience,
      boundClaims,
      userClaim: 'sub',
    };
  }
  if (kubernetes !== undefined) {
    const { path, declareMethod, cluster, serviceAccounts, namespaces, audience } = kubernetes;
    return {
      type: 'kubernetes',
      path,
      isDeclared: declareMethod,
      clusterAddress: cluster.address,
      clusterCa: cluster.ca,
      serviceAccounts,
      namespaces,
      audience,
    };
  }
  if (cert !== undefined) {
    const { path, declareMethod, ca, uris = [], dnsNames = [] } = cert;
    return { type: 'cert', path, isDeclared: declareMethod, ca, uris, dnsNames };
  }
  return { type: 'approle', ...appRole };
}

/** Path in Vault of the role that an app has. */
export function rolePath({ type, path }: AppLogin, app: Pick<AppDeclaration, 'name' | 'renamedFrom'>): string {
  return `auth/${path}/${type === 'cert' ? 'certs' : 'role'}/${vaultName(app)}`;
}

/** What apps that log in at the same path have in common. */
export function methodSettings(login: AppLogin): object {
  const { type, isDeclared } = login;
  switch (login.type) {
    case 'jwt': {
      const { issuer, keys = [], issuerCa = '' } = login;
      return { type, isDeclared, issuer, keys, issuerCa };
    }
    case 'kubernetes': {
      const { clusterAddress, clusterCa } = login;
      return { type, isDeclared, clusterAddress, clusterCa };
    }
    default:
      return { type, isDeclared };
  }
}
