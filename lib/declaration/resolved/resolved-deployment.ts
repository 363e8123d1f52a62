import {
  oidcConfiguration,
  OIDC_TOKEN_SECONDS,
  oidcRoles,
  type OidcDeclaration,
  type OidcRole,
} from '../derived/oidc-method';
import { OIDC_SECRET, type ClientSecret } from '../derived/client-secret';
import { declaredConfiguration } from '../derived/engine-configuration';
import { identityMethods } from '../derived/logins';
import type { IdentityLogin } from '../derived/app-login';
import { grantsOf, type DeclaredGrants } from '../declared/declared-grants';
import { declaredPlugin } from '../files/declared-plugin';
import { inspectPlugin, type PluginBinary } from '../files/plugin-binary';
import { operatorPolicies, type DeclaredPolicy } from '../policies/operator-policies';
import type { Deployment } from '../schema/deployment';
import { resolveApp, type ResolvedApp } from './resolved-app';
import { keptSecretsPath, resolveIntegrations, type ResolvedIntegration } from './resolved-integration';

/*
 * The contents of Vault that a deployment declares. Each name, login, right and policy is computed once. Stack `webex-tokens`
 * passes each construct its part.
 */

export interface ResolvedDeployment {
  readonly vault: {
    /** Address of Vault. @default - the environment's: Terraform may reach a declared server at another address */
    readonly address?: string;
    /** Namespace. @default - the root namespace */
    readonly namespace?: string;
  };
  readonly engine: ResolvedEngine;
  /** Path of the records about the grants. */
  readonly recordsPath: string;
  /** Path of the client secrets for healing. @default - nothing heals */
  readonly healingPath?: string;
  readonly integrations: readonly ResolvedIntegration[];
  readonly appRole: {
    readonly path: string;
    /** The stack enables and tunes the method. */
    readonly isManaged: boolean;
    /** Longest lifetime of the secret ids and tokens of the method. */
    readonly maxLeaseTtlSeconds: number;
  };
  /** Other auth methods that the stack enables, each once. */
  readonly authMethods: readonly IdentityLogin[];
  readonly apps: readonly ResolvedApp[];
  readonly operatorPolicies: readonly DeclaredPolicy[];
  /** Auth method of people who act as operators. @default - none */
  readonly oidc?: ResolvedOidc;
  /** Note in the state. The next deploy compares it. */
  readonly grants: DeclaredGrants;
}

/** The engine: its plugin, its mount and its configuration. */
export interface ResolvedEngine {
  /** Name in the plugin catalog, and type of the mount. */
  readonly pluginName: string;
  /** Binary of the catalog entry. @default - somebody else writes the entry */
  readonly plugin?: PluginBinary;
  readonly mountPath: string;
  /** Former path of the mount. @default - the mount does not move */
  readonly movedFrom?: string;
  /** Somebody mounted the engine by hand. */
  readonly isImported: boolean;
  readonly preventDestroy: boolean;
  /** All fields of `<mountPath>/config`. */
  readonly configuration: Readonly<Record<string, unknown>>;
}

type OidcSettings = 'clientSecretVersion' | 'clientId' | 'scopes' | 'groupsClaim' | 'userClaim' | 'path';

/** The auth method of people. */
export interface ResolvedOidc extends Readonly<Pick<OidcDeclaration, OidcSettings>> {
  /** All fields of `auth/<path>/config` except the client secret. */
  readonly configuration: object;
  readonly secret: ClientSecret;
  readonly tokenTtlSeconds: number;
  readonly roles: readonly OidcRole[];
}

/**
 * Vault's default limit of a lease: 32 days.
 *
 * @see https://developer.hashicorp.com/vault/docs/configuration#max_lease_ttl
 */
const VAULT_MAX_LEASE_SECONDS = 32 * 24 * 3600;

/**
 * @param folder start of relative paths in the declaration
 * @throws ExplainedError if the plugin binary or a client id is missing
 */
export function resolveDeployment(deployment: Deployment, folder: string): ResolvedDeployment {
  const { vault, engine, apps } = deployment;
  return {
    vault: { address: vault.server === undefined ? vault.address : undefined, namespace: vault.namespace },
    engine: resolveEngine(deployment, folder),
    recordsPath: engine.recordsPath,
    healingPath: keptSecretsPath(deployment),
    integrations: resolveIntegrations(deployment),
    appRole: {
      path: deployment.appRole.path,
      isManaged: deployment.appRole.manage,
      // No secret id lives longer than the longest lease of its mount.
      maxLeaseTtlSeconds: Math.max(
        VAULT_MAX_LEASE_SECONDS,
        ...apps.flatMap(({ secretIdTtlSeconds, tokenMaxTtlSeconds }) => [secretIdTtlSeconds, tokenMaxTtlSeconds]),
      ),
    },
    authMethods: identityMethods(deployment).filter(({ isManaged }) => isManaged),
    apps: apps.map((app) => resolveApp(deployment, app)),
    operatorPolicies: operatorPolicies(deployment),
    oidc: resolveOidc(deployment),
    grants: grantsOf(deployment),
  };
}

/** @throws ExplainedError if the plugin binary is missing, or its sha256 differs */
function resolveEngine(deployment: Deployment, folder: string): ResolvedEngine {
  const { engine } = deployment;
  const { plugin, mountPath, movedFrom, import: isImported, preventDestroy } = engine;
  return {
    pluginName: plugin.name,
    plugin: plugin.manage ? inspectPlugin(declaredPlugin(deployment), folder) : undefined,
    mountPath,
    movedFrom,
    isImported,
    preventDestroy,
    configuration: declaredConfiguration({ engine }),
  };
}

function resolveOidc(deployment: Deployment): ResolvedOidc | undefined {
  const { oidc } = deployment.operators ?? {};
  if (oidc === undefined) {
    return undefined;
  }
  return {
    ...oidc,
    configuration: oidcConfiguration(oidc),
    secret: OIDC_SECRET,
    tokenTtlSeconds: OIDC_TOKEN_SECONDS,
    roles: oidcRoles(deployment),
  };
}
