/*
 * One rule of a Vault policy, and policies as HCL of them. Every path that is not named is refused.
 */

export type Capability = 'create' | 'read' | 'update' | 'delete' | 'list' | 'sudo';

export interface Rule {
  readonly path: string;
  readonly capabilities: readonly Capability[];
  /** The only parameters a write may carry, each with the values it may have; none listed: any value. */
  readonly allowedParameters?: Readonly<Record<string, readonly string[]>>;
  /** Reads and writes may carry no parameter. */
  readonly deniesParameters?: true;
  /** The reply must be wrapped, for at least a second. @default - it need not be wrapped */
  readonly maxWrappingTtlSeconds?: number;
  readonly why: string;
}

/*
 * What Vault's policy `default` would give beside much else. Our roles do without it: then what is written here is all
 * that their tokens can do.
 */
export const RENEWAL: Rule = {
  path: 'auth/token/renew-self',
  capabilities: ['update'],
  why: 'a longer life for its token',
};
export const SELF_EXAMINATION: Rule = {
  path: 'sys/capabilities-self',
  capabilities: ['update'],
  why: 'may this token do it?',
};
export const LOGOUT: Rule = { path: 'auth/token/revoke-self', capabilities: ['update'], why: 'the end of its token' };

/**
 * A read of a credential, without parameters. Parameter `minimum_seconds` would force a refresh at Webex. A reader who
 * hangs up on a refresh can end the grant for everybody.
 */
export function tokenRead(mountPath: string, credentialName: string, why: string): Rule {
  return { path: `${mountPath}/creds/${credentialName}`, capabilities: ['read'], deniesParameters: true, why };
}

/** @returns HCL */
export function renderPolicy(rules: readonly Rule[]): string {
  return rules
    .map((rule) => [`# ${rule.why}`, `path "${rule.path}" {`, ...attributesOf(rule), '}'].join('\n'))
    .join('\n\n')
    .concat('\n');
}

function attributesOf({ capabilities, allowedParameters, deniesParameters, maxWrappingTtlSeconds }: Rule): string[] {
  return [
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
    ...(deniesParameters === undefined ? [] : ['  denied_parameters = {', '    "*" = []', '  }']),
    ...(maxWrappingTtlSeconds === undefined
      ? []
      : ['  min_wrapping_ttl = "1s"', `  max_wrapping_ttl = "${maxWrappingTtlSeconds}s"`]),
  ];
}
