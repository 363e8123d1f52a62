/*
 * Rules of a Vault policy, and their HCL. Vault refuses each path without a rule.
 */

export type Capability = 'create' | 'read' | 'update' | 'delete' | 'list' | 'sudo';

/** Limits of a rule. Without a limit, any parameters and any reply are allowed. */
interface Limits {
  /** Allowed parameters of a write, each with its allowed values. An empty list allows any value. */
  readonly allowedParameters?: Readonly<Record<string, readonly string[]>>;
  /** Reads and writes must have no parameter. */
  readonly deniesParameters?: true;
  /** The reply must be wrapped, for at least one second and at most this long. */
  readonly maxWrappingTtlSeconds?: number;
}

export interface Rule extends Limits {
  readonly path: string;
  readonly capabilities: readonly Capability[];
  /** Purpose, for security reviewers. It is a comment in the policy. */
  readonly why: string;
}

export function rule(path: string, capabilities: readonly Capability[], why: string, limits: Limits = {}): Rule {
  return { path, capabilities, why, ...limits };
}

/*
 * Four rights of Vault's policy `default`. Roles of a deployment do not have that policy, because it allows much more.
 */
export const LOOKUP = rule('auth/token/lookup-self', ['read'], 'lookup of this token');
export const RENEWAL = rule('auth/token/renew-self', ['update'], 'renewal of this token');
export const SELF_EXAMINATION = rule('sys/capabilities-self', ['update'], 'rights of this token');
export const LOGOUT = rule('auth/token/revoke-self', ['update'], 'revocation of this token');

/**
 * A read of a credential, without parameters. Parameter `minimum_seconds` would force a refresh at Webex. A reader that
 * disconnects during a refresh can lose the grant for everybody.
 */
export function tokenRead(mountPath: string, credentialName: string, why: string): Rule {
  return rule(`${mountPath}/creds/${credentialName}`, ['read'], why, { deniesParameters: true });
}

/** @returns HCL */
export function renderPolicy(rules: readonly Rule[]): string {
  return rules
    .map((each) => [`# ${each.why}`, `path "${each.path}" {`, ...attributesOf(each), '}'].join('\n'))
    .join('\n\n')
    .concat('\n');
}

function attributesOf({ capabilities, allowedParameters, deniesParameters, maxWrappingTtlSeconds }: Rule): string[] {
  const allowed = Object.entries(allowedParameters ?? {}).map(
    ([name, values]) => `    "${name}" = ${JSON.stringify([...new Set(values)])}`,
  );
  return [
    `  capabilities = ${JSON.stringify(capabilities)}`,
    ...(allowedParameters === undefined ? [] : ['  allowed_parameters = {', ...allowed, '  }']),
    ...(deniesParameters === undefined ? [] : ['  denied_parameters = {', '    "*" = []', '  }']),
    ...(maxWrappingTtlSeconds === undefined
      ? []
      : ['  min_wrapping_ttl = "1s"', `  max_wrapping_ttl = "${maxWrappingTtlSeconds}s"`]),
  ];
}
