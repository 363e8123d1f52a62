import { LOGOUT, type Rule, SELF_EXAMINATION, renderPolicy } from './policy-rule';
import { consentRecord, dataPath } from '../schema/record-paths';

/** Whose consents an authorizer may put where. */
export interface AuthorizerRights {
  /** Where the engine is mounted. */
  readonly mountPath: string;
  /** Where what is known of the grants is mounted. */
  readonly recordsPath: string;
  /** By their names in the engine. */
  readonly integrations: readonly { readonly name: string; readonly redirectUrl: string }[];
  readonly credentials: readonly {
    readonly name: string;
    /** Name in the engine of the integration that the grant belongs to. */
    readonly integration: string;
    readonly scopes: readonly string[];
    /** A Service App's grant comes without a consent. @default - a person's grant */
    readonly serviceApp?: object;
  }[];
}

/** What an authorizer may do: obtain the consent URL, write the credential, look at it, delete it. */
export function authorizerPolicy({ mountPath, recordsPath, integrations, credentials }: AuthorizerRights): string {
  const consented = credentials.filter(({ serviceApp }) => serviceApp === undefined);
  const apart = credentials.filter(({ serviceApp }) => serviceApp !== undefined);
  const uses = (all: AuthorizerRights['credentials'], name: string): boolean =>
    all.some(({ integration }) => integration === name);
  const asking = integrations.filter(({ name }) => uses(consented, name) || !uses(apart, name));
  const rules: Rule[] = [
    ...(consented.length === 0 ? [] : [consentUrl(mountPath, asking, consented)]),
    ...apart.map(({ name, integration }): Rule => ({
      path: `${mountPath}/creds/${name}`,
      capabilities: ['read', 'update', 'delete'],
      allowedParameters: {
        server: [integration],
        grant_type: ['refresh_token'],
        refresh_token: [],
        minimum_seconds: [],
      },
      why: `the grant of ${name}, a Service App's`,
    })),
    ...consented.map(({ name, integration }): Rule => ({
      path: `${mountPath}/creds/${name}`,
      capabilities: ['read', 'update', 'delete'],
      allowedParameters: {
        server: [integration],
        code: [],
        redirect_url: [],
        // A read that says for how long it needs the token has it refreshed: so a rotated client secret is proven.
        minimum_seconds: [],
        grant_type: ['refresh_token'],
        refresh_token: [],
      },
      why: `the grant of ${name}, by code or as it was got elsewhere`,
    })),
    ...credentials.map(({ name }): Rule => ({
      path: dataPath(recordsPath, consentRecord(name)),
      capabilities: ['create', 'update'],
      why: 'who consented, and when',
    })),
    ...integrations.map(({ name }): Rule => ({
      path: `${mountPath}/servers/${name}`,
      capabilities: ['read'],
      why: 'is it there? (never its secret)',
    })),
    { path: `sys/internal/ui/mounts/${mountPath}`, capabilities: ['read'], why: 'is the engine mounted?' },
    SELF_EXAMINATION,
    LOGOUT,
  ];
  return renderPolicy(rules);
}

function consentUrl(
  mountPath: string,
  integrations: AuthorizerRights['integrations'],
  credentials: AuthorizerRights['credentials'],
): Rule {
  return {
    path: `${mountPath}/auth-code-url`,
    capabilities: ['update'],
    allowedParameters: {
      server: integrations.map(({ name }) => name),
      redirect_url: integrations.map(({ redirectUrl }) => redirectUrl),
      scopes: credentials.map(({ scopes }) => scopes.join(',')),
      state: [],
      auth_url_params: [],
    },
    why: 'the URL that asks for consent',
  };
}
