import type { Deployment } from './deployment';

/*
 * The Vault policies of a deployment, as HCL. Least privilege: every path that is not named is refused.
 */

type Capability = 'create' | 'read' | 'update' | 'delete' | 'list' | 'sudo';

interface Rule {
  readonly path: string;
  readonly capabilities: readonly Capability[];
  /** The only parameters a write may carry, each with the values it may have; none listed: any value. */
  readonly allowedParameters?: Readonly<Record<string, readonly string[]>>;
  readonly why: string;
}

/** Where `authorize` tries out a consent that may replace a working credential. */
export function scratchCredential(credentialName: string): string {
  return `${credentialName}.consent`;
}

/** Name of an app's policy. */
export function appPolicyName(deployment: Deployment, appName: string): string {
  return policyName(deployment, `app-${appName}`);
}

/** Name of the authorizer's policy. */
export function authorizerPolicyName(deployment: Deployment): string {
  return policyName(deployment, 'authorizer');
}

/** Name of the provisioner's policy. */
export function provisionerPolicyName(deployment: Deployment): string {
  return policyName(deployment, 'provisioner');
}

/** What an app may do: read the access token of its own credentials. */
export function appPolicy(mountPath: string, credentialNames: readonly string[]): string {
  return render(
    credentialNames.map((name) => ({
      path: `${mountPath}/creds/${name}`,
      capabilities: ['read'],
      why: `the access token of ${name}`,
    })),
  );
}

/** What an authorizer may do: obtain the consent URL, write the credential, look at it, delete it. */
export function authorizerPolicy(deployment: Deployment): string {
  const { mountPath } = deployment.engine;
  const integrations = deployment.integrations;
  const rules: Rule[] = [
    {
      path: `${mountPath}/auth-code-url`,
      capabilities: ['update'],
      allowedParameters: {
        server: integrations.map(({ name }) => name),
        redirect_url: integrations.map(({ redirectUrl }) => redirectUrl),
        scopes: deployment.credentials.map(({ scopes }) => scopes.join(',')),
        state: [],
        auth_url_params: [],
      },
      why: 'the URL that asks for consent',
    },
    ...deployment.credentials.flatMap(({ name, integration }) =>
      [name, scratchCredential(name)].map((path): Rule => ({
        path: `${mountPath}/creds/${path}`,
        capabilities: ['read', 'update', 'delete'],
        allowedParameters: { server: [integration], code: [], redirect_url: [] },
        why: path === name ? `the grant of ${name}, by code only` : 'a consent on trial, before it may replace a grant',
      })),
    ),
    ...integrations.map(({ name }): Rule => ({
      path: `${mountPath}/servers/${name}`,
      capabilities: ['read'],
      why: 'is it there? (never its secret)',
    })),
    { path: `sys/internal/ui/mounts/${mountPath}`, capabilities: ['read'], why: 'is the engine mounted?' },
    { path: 'sys/capabilities-self', capabilities: ['update'], why: 'may this token do it?' },
  ];
  return render(rules);
}

/**
 * What Terraform may do for stack `webex-tokens`.
 *
 * It may write the apps' policies and roles, so whoever holds it can give itself what those can hold: keep it as you
 * would keep an administrator's token, and no longer than one apply.
 */
export function provisionerPolicy(deployment: Deployment): string {
  const { mountPath, plugin } = deployment.engine;
  const { appRolePath } = deployment;
  // `create` is for paths that can tell a new object from an old one; the others take any write for an update.
  const owned: Capability[] = ['read', 'update', 'delete'];
  return render([
    { path: 'auth/token/lookup-self', capabilities: ['read'], why: 'how the provider begins' },
    ...(plugin.register
      ? ([
          {
            path: `sys/plugins/catalog/secret/${plugin.name}`,
            capabilities: [...owned, 'sudo'],
            why: 'register the plugin',
          },
          { path: 'sys/plugins/reload/backend', capabilities: ['update'], why: 'run a newly registered plugin' },
        ] satisfies Rule[])
      : []),
    { path: `sys/mounts/${mountPath}`, capabilities: owned, why: 'mount the engine' },
    { path: `sys/mounts/${mountPath}/tune`, capabilities: ['update'], why: 'describe the mount' },
    { path: `${mountPath}/config`, capabilities: ['read', 'update'], why: 'keep the engine grant-safe' },
    ...deployment.integrations.map(({ name }): Rule => ({
      path: `${mountPath}/servers/${name}`,
      capabilities: owned,
      why: 'the integration',
    })),
    ...(deployment.declareAppRole
      ? ([
          { path: `sys/auth/${appRolePath}`, capabilities: ['update', 'delete', 'sudo'], why: 'enable AppRole' },
          { path: `sys/mounts/auth/${appRolePath}`, capabilities: ['read'], why: 'is AppRole enabled?' },
          { path: `sys/mounts/auth/${appRolePath}/tune`, capabilities: ['read'], why: 'how is it tuned?' },
        ] satisfies Rule[])
      : []),
    ...deployment.apps.flatMap(({ name }): Rule[] => [
      { path: `auth/${appRolePath}/role/${name}`, capabilities: ['create', ...owned], why: `the role of ${name}` },
      { path: `auth/${appRolePath}/role/${name}/role-id`, capabilities: ['read'], why: 'its role id, an output' },
      { path: `sys/policies/acl/${appPolicyName(deployment, name)}`, capabilities: owned, why: 'its policy' },
    ]),
    { path: `sys/policies/acl/${authorizerPolicyName(deployment)}`, capabilities: owned, why: 'the authorizer' },
    {
      path: `sys/policies/acl/${provisionerPolicyName(deployment)}`,
      capabilities: ['read'],
      why: 'its own policy: to see, not to widen',
    },
  ]);
}

/** In lower case: so Vault keeps it, and so it looks for it in the rules about policies. */
function policyName(deployment: Deployment, holder: string): string {
  return `${deployment.engine.mountPath.replaceAll('/', '-')}-${holder}`.toLowerCase();
}

function render(rules: readonly Rule[]): string {
  return rules
    .map(({ path, capabilities, allowedParameters, why }) =>
      [
        `# ${why}`,
        `path "${path}" {`,
        `  capabilities = ${JSON.stringify(capabilities)}`,
        ...(allowedParameters === undefined
          ? []
          : [
              '  allowed_parameters = {',
              ...Object.entries(allowedParameters).map(
                ([key, values]) => `    "${key}" = ${JSON.stringify([...new Set(values)])}`,
              ),
              '  }',
            ]),
        '}',
      ].join('\n'),
    )
    .join('\n\n')
    .concat('\n');
}
