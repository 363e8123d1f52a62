/** Variables that hold the secret of an identity, in their Vault and OpenBao forms. */
const SECRETS = ['TOKEN', 'SECRET_ID', 'WRAPPED_SECRET_ID', 'JWT'].flatMap((name) => [`VAULT_${name}`, `BAO_${name}`]);

/** Variables of the identity and of Vault. GitHub's lead to a token for Vault, and so did GitLab's until release 17. */
const OF_IDENTITY =
  /^(?:(?:VAULT|BAO|ACTIONS_ID_TOKEN)_.*|(?:OAUTHAPP|APPROLE)_MOUNT|CI_JOB_JWT(?:_V\d)?|WEBEX_ALLOW)$/i;

/** Variables that lead HTTP requests to a proxy of the network. Programs differ about the letter case. */
const NETWORK_PROXY = ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'];

export interface CommandAccess {
  /** Origin of the proxy, on loopback. */
  readonly origin: string;
  /** Key of the run. */
  readonly key: string;
}

/**
 * Returns changes of the environment for a command that calls Webex through the proxy. It gets the key and the address of the
 * proxy, and no variable of the identity. A copy of a secret under another name is removed too.
 *
 * @returns an undefined variable is removed
 */
export function commandEnvironment({ origin, key }: CommandAccess, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const secrets = SECRETS.flatMap((name) => env[name] || []);
  const removed = Object.entries(env).filter(([name, value = '']) => OF_IDENTITY.test(name) || secrets.includes(value));
  return {
    ...Object.fromEntries(removed.map(([name]) => [name, undefined])),
    ...pastNetworkProxy(new URL(origin).hostname, env),
    WEBEX_ACCESS_TOKEN: key,
    WEBEX_BASE_URL: `${origin}/v1/`,
  };
}

/** A proxy of the network cannot reach this machine's loopback, and would see the key. */
function pastNetworkProxy(host: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (!NETWORK_PROXY.some((name) => env[name])) {
    return {};
  }
  const hosts = [env.no_proxy, env.NO_PROXY, host].filter(Boolean).join(',');
  return { no_proxy: hosts, NO_PROXY: hosts };
}
