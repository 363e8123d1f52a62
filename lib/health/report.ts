import type { EngineConfiguration } from '../vault/replies';

/*
 * The result of one look at a deployment: a line for each thing that can fail, in words and for programs. Table, JSON,
 * page, metrics and messages present this report.
 */

/**
 * Severities, from the best to the worst. `attention`: everything works, and somebody has to act within days. `broken`:
 * something does not work now.
 */
export const SEVERITIES = ['healthy', 'attention', 'broken'] as const;
export type Severity = (typeof SEVERITIES)[number];

const SECRET_ID_STATES = ['good', 'expires soon', 'expired', 'none', 'unknown'] as const;

/** States of each kind of lines, in the order in which the kinds are shown. People see these words. */
export const STATES = {
  server: ['up', 'sealed', 'not initialized', 'unreachable'],
  engine: ['running', 'paused', 'reaping', 'missing', 'plugin not running', 'unknown'],
  integration: ['present', 'refused', 'missing', 'unknown'],
  credential: [
    'healthy',
    /** Nobody has consented yet. */
    'never authorized',
    /** Somebody consented, but the engine has no grant any more: it was revoked or deleted. */
    'gone',
    /** A consent was begun elsewhere. */
    'pending',
    /** The token is valid, but its last refresh failed. */
    'failing',
    /** The token has expired and could not be refreshed yet. */
    'expired',
    /** Webex does not refresh the grant any more. */
    're-authorization required',
    /** Webex refuses the integration; the grant is intact. */
    'integration refused',
    /** Webex refuses a token that the engine considers valid. */
    'refused by Webex',
    /** The credential works, but acts as another account than its owner's. */
    'wrong account',
    /** The credential works, but its grant lacks declared scopes. */
    'scopes missing',
    /** The look could not read the credential. */
    'unknown',
  ],
  app: SECRET_ID_STATES,
  operator: SECRET_ID_STATES,
  people: [
    'ready',
    /** Vault gets no answer from the identity provider. */
    'unreachable',
    /** The configuration in Vault differs from the declaration. */
    'differs',
    'missing',
    'unknown',
  ],
  backup: ['good', 'old', 'never', 'unknown'],
} as const;

export type Kind = keyof typeof STATES;
export type State<K extends Kind> = (typeof STATES)[K][number];
export const KINDS = Object.keys(STATES) as Kind[];

export interface Line<S extends string = string> {
  readonly name: string;
  readonly state: S;
  readonly severity: Severity;
  /** In words, one line. */
  readonly detail: string;
  /** Next step. @default - there is nothing to do */
  readonly next?: string;
  /** Further remarks, one line each. */
  readonly notes: readonly string[];
  /** Wording without accounts. @default - the detail, which names no account */
  readonly impersonal?: Pick<Line, 'detail' | 'next'>;
}

/** The state of something, without its name. */
export type Finding<S extends string = string> = Omit<Line<S>, 'name' | 'notes'>;

/** A line without notes. */
export function lineOf<S extends string>(
  name: string,
  state: S,
  severity: Severity,
  detail: string,
  next?: string,
): Line<S> {
  return { name, state, severity, detail, next, notes: [] };
}

export interface EngineLine extends Line<State<'engine'>> {
  /** Settings by the plugin's own names. @default - none is written, or the engine does not run as declared */
  readonly configuration?: EngineConfiguration;
}

export interface IntegrationLine extends Line<State<'integration'>> {
  /** Entry in the engine. @default - there is none, or it could not be read */
  readonly entry?: { readonly clientId: string; readonly providerOptions: Readonly<Record<string, string>> };
}

/** A token that a look saw. Another token than before means that it was refreshed. */
export interface SeenToken {
  readonly expireTime: Date;
  readonly firstSeenAt: Date;
}

export interface CredentialLine extends Line<State<'credential'>> {
  readonly integration: string;
  /** Declared organization of the credential, and its family. @default - the credential is in no family */
  readonly member?: { readonly family: string; readonly name: string };
  readonly expireTime?: Date;
  readonly refreshedAt?: Date;
  readonly failingSince?: Date;
  readonly consentedAt?: Date;
  /** Email of the account that consented. */
  readonly consentedBy?: string;
  /** Id of the organization of that account. */
  readonly organization?: string;
  /** End of the grant if every refresh fails from now on. */
  readonly horizon?: Horizon;
  /** Scopes of the grant. @default - there is no grant */
  readonly scopes?: Scopes;
  /** Account behind the token, as Webex names it. Undefined if Webex was not asked, or did not name it. */
  readonly verified?: { readonly email: string; readonly organization: string };
  /** Seen tokens, oldest first. */
  readonly tokens: readonly SeenToken[];
}

export interface Scopes {
  readonly declared: readonly string[];
  /** Scopes that Webex told at the consent. @default - Webex did not tell them */
  readonly granted?: readonly string[];
  /** Declared scopes that the grant lacks. @default - unknown */
  readonly missing?: readonly string[];
}

export interface Horizon {
  readonly until: Date;
  /** Assumptions behind that date, in words that follow "assuming". @default - none: Webex stated the date */
  readonly assumption?: string;
}

/** The secret ids of an app or of an operator. */
export interface SecretIdLine extends Line<State<'app'>> {
  /** Expiry of the last secret id; null: it never expires. */
  readonly expireTime?: Date | null;
}

export interface BackupLine extends Line<State<'backup'>> {
  readonly takenAt?: Date;
  readonly verifiedAt?: Date;
}

export interface Report {
  readonly lookedAt: Date;
  readonly address: string;
  readonly mountPath: string;
  /** Severity of the deployment: the worst of its lines. */
  readonly severity: Severity;
  readonly server: Line<State<'server'>>;
  readonly engine: EngineLine;
  readonly integrations: readonly IntegrationLine[];
  readonly credentials: readonly CredentialLine[];
  readonly apps: readonly SecretIdLine[];
  readonly operators: readonly SecretIdLine[];
  /** Login of people by OIDC. Undefined if none is declared. */
  readonly people?: Line<State<'people'>>;
  /** Undefined if somebody else runs the server, and so makes its backups. */
  readonly backup?: BackupLine;
}

/** All lines, in the order in which they are shown. */
export function linesOf(report: Report): { readonly kind: Kind; readonly line: Line }[] {
  const { server, engine, integrations, credentials, apps, operators, people, backup } = report;
  const lines: Readonly<Record<Kind, readonly Line[]>> = {
    server: [server],
    engine: [engine],
    integration: integrations,
    credential: credentials,
    app: apps,
    operator: operators,
    people: people === undefined ? [] : [people],
    backup: backup === undefined ? [] : [backup],
  };
  return KINDS.flatMap((kind) => lines[kind].map((line) => ({ kind, line })));
}

/** Short words for severities. */
export const MARKS: Readonly<Record<Severity, string>> = { healthy: 'ok', attention: 'soon', broken: 'BROKEN' };

/** Numbers of unhealthy lines, such as "1 broken, 2 to fix within days". @param total follows each number */
export function unhealthyOnes(severities: readonly Severity[], total = ''): string {
  return (
    [
      ['broken', 'broken'],
      ['attention', 'to fix within days'],
    ] as const
  )
    .map(([severity, words]) => ({ words, count: severities.filter((each) => each === severity).length }))
    .flatMap(({ words, count }) => (count > 0 ? [`${count}${total} ${words}`] : []))
    .join(', ');
}

/** The worst severity; healthy if there is none. */
export function worst(severities: readonly Severity[]): Severity {
  return SEVERITIES[Math.max(0, ...severities.map((severity) => SEVERITIES.indexOf(severity)))] ?? 'broken';
}
