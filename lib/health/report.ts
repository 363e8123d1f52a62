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

export const SERVER_STATES = ['up', 'sealed', 'not initialized', 'unreachable'] as const;
export type ServerState = (typeof SERVER_STATES)[number];

export const ENGINE_STATES = ['running', 'paused', 'reaping', 'missing', 'plugin not running', 'unknown'] as const;
export type EngineState = (typeof ENGINE_STATES)[number];

export const INTEGRATION_STATES = ['present', 'refused', 'missing', 'unknown'] as const;
export type IntegrationState = (typeof INTEGRATION_STATES)[number];

export const CREDENTIAL_STATES = [
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
  /** Webex does not renew the grant any more. */
  're-authorization required',
  /** Webex refuses the integration; the grant is intact. */
  'integration refused',
  /** Webex refuses a token that the engine considers valid. */
  'refused by Webex',
  /** The credential works, but acts as another account than its owner's. */
  'wrong account',
  /** The look could not read the credential. */
  'unknown',
] as const;
export type CredentialState = (typeof CREDENTIAL_STATES)[number];

export const SECRET_ID_STATES = ['good', 'ends soon', 'ended', 'none', 'unknown'] as const;
export type SecretIdState = (typeof SECRET_ID_STATES)[number];

export const PEOPLE_STATES = [
  'ready',
  /** Vault gets no answer from the identity provider. */
  'unreachable',
  /** The configuration in Vault differs from the declaration. */
  'another',
  'missing',
  'unknown',
] as const;
export type PeopleState = (typeof PEOPLE_STATES)[number];

export const BACKUP_STATES = ['good', 'old', 'never', 'unknown'] as const;
export type BackupState = (typeof BACKUP_STATES)[number];

export interface Line<State extends string = string> {
  readonly name: string;
  readonly state: State;
  readonly severity: Severity;
  /** In words, one line. */
  readonly detail: string;
  /** Next step. @default - there is nothing to do */
  readonly next?: string;
  /** Further remarks, one line each. */
  readonly notes: readonly string[];
  /** Wording without accounts. @default - the detail, which names none */
  readonly impersonal?: Pick<Line, 'detail' | 'next'>;
}

/** A state, without the name of what is in it. */
export type Finding<State extends string = string> = Omit<Line<State>, 'name' | 'notes'>;

/** A line without notes. */
export function lineOf<State extends string>(
  name: string,
  state: State,
  severity: Severity,
  detail: string,
  next?: string,
): Line<State> {
  return { name, state, severity, detail, next, notes: [] };
}

export interface EngineLine extends Line<EngineState> {
  /** Settings by the plugin's own names. @default - none is written, or the engine does not run as declared */
  readonly configuration?: EngineConfiguration;
}

export interface IntegrationLine extends Line<IntegrationState> {
  /** Entry in the engine. @default - there is none, or it could not be read */
  readonly entry?: { readonly clientId: string; readonly providerOptions: Readonly<Record<string, string>> };
}

/** A token that a look saw. Another token than before means that it was refreshed. */
export interface SeenToken {
  readonly expireTime: Date;
  readonly firstSeenAt: Date;
}

export interface CredentialLine extends Line<CredentialState> {
  readonly integration: string;
  /** Expiry of the access token. */
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
  /** Account behind the token, as Webex names it. Undefined if Webex was not asked, or did not name it. */
  readonly verified?: { readonly email: string; readonly organization: string };
  /** Seen tokens, oldest first. */
  readonly tokens: readonly SeenToken[];
}

export interface Horizon {
  readonly until: Date;
  /** Assumptions behind that date, in words that follow "assuming". @default - none: Webex stated the date */
  readonly assumption?: string;
}

/** The secret ids of an app or of an operator. */
export interface SecretIdLine extends Line<SecretIdState> {
  /** Expiry of the last secret id; null: it never expires. */
  readonly expireTime?: Date | null;
}

export interface BackupLine extends Line<BackupState> {
  readonly takenAt?: Date;
  readonly verifiedAt?: Date;
}

export interface Report {
  readonly lookedAt: Date;
  /** Address of Vault. */
  readonly address: string;
  readonly mountPath: string;
  /** Severity of the deployment: the worst of its lines. */
  readonly severity: Severity;
  readonly server: Line<ServerState>;
  readonly engine: EngineLine;
  readonly integrations: readonly IntegrationLine[];
  readonly credentials: readonly CredentialLine[];
  readonly apps: readonly SecretIdLine[];
  readonly operators: readonly SecretIdLine[];
  /** Login of people by OIDC. Undefined if none is declared. */
  readonly people?: Line<PeopleState>;
  /** Undefined if somebody else runs the server, and so makes its backups. */
  readonly backup?: BackupLine;
}

/** Kinds of lines, by the words that people see. */
export const KINDS = ['server', 'engine', 'integration', 'credential', 'app', 'operator', 'people', 'backup'] as const;
export type Kind = (typeof KINDS)[number];

/** All lines, in the order in which they are shown. */
export function linesOf(report: Report): { readonly kind: Kind; readonly line: Line }[] {
  const { server, engine, integrations, credentials, apps, operators, people, backup } = report;
  const of = (kind: Kind, lines: readonly Line[]) => lines.map((line) => ({ kind, line }));
  return [
    ...of('server', [server]),
    ...of('engine', [engine]),
    ...of('integration', integrations),
    ...of('credential', credentials),
    ...of('app', apps),
    ...of('operator', operators),
    ...of('people', people === undefined ? [] : [people]),
    ...of('backup', backup === undefined ? [] : [backup]),
  ];
}

/** Short words for severities. */
export const MARKS: Readonly<Record<Severity, string>> = { healthy: 'ok', attention: 'soon', broken: 'BROKEN' };

/** Numbers of unhealthy ones, such as "1 broken, 2 to see to within days". @param total stands after each number */
export function unhealthyOnes(severities: readonly Severity[], total = ''): string {
  return (
    [
      ['broken', 'broken'],
      ['attention', 'to see to within days'],
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
