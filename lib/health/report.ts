import type { EngineConfiguration } from '../vault/replies';

/*
 * What one look at a deployment found: a line for each thing that can fail, in words and for programs. Every way to show
 * it (table, JSON, page, metrics, message) is of this.
 */

/**
 * From the best to the worst. `attention`: all works, and somebody has to do something within days. `broken`: something
 * does not work now.
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
  /** Somebody has, and the engine has no grant any more: it was revoked or deleted. */
  'gone',
  /** A consent was begun elsewhere. */
  'pending',
  /** The token is good, and its last refresh failed. */
  'failing',
  /** The token has ended, and could not be refreshed yet. */
  'expired',
  /** Webex does not renew the grant any more. */
  're-authorization required',
  /** Webex refuses the integration; the grant is intact. */
  'integration refused',
  /** Webex does not take the token that the engine holds for good. */
  'refused by Webex',
  /** It works, as somebody else than its owner. */
  'wrong account',
  /** It could not be looked at. */
  'unknown',
] as const;
export type CredentialState = (typeof CREDENTIAL_STATES)[number];

export const SECRET_ID_STATES = ['good', 'ends soon', 'ended', 'none', 'unknown'] as const;
export type SecretIdState = (typeof SECRET_ID_STATES)[number];

export const PEOPLE_STATES = [
  'ready',
  /** Vault gets no answer from the identity provider. */
  'unreachable',
  /** It is not what is declared. */
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
  /** What to do about it. @default - nothing */
  readonly next?: string;
  /** What is worth knowing besides, a line each. */
  readonly notes: readonly string[];
  /** Wording without accounts. @default - the detail, which names none */
  readonly impersonal?: Pick<Line, 'detail' | 'next'>;
}

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
  /** Its settings, by the names that the plugin has for them. @default - none is written, or it does not run as declared */
  readonly configuration?: EngineConfiguration;
}

export interface IntegrationLine extends Line<IntegrationState> {
  /** Entry in the engine. @default - there is none, or it could not be read */
  readonly entry?: { readonly clientId: string; readonly providerOptions: Readonly<Record<string, string>> };
}

/** A refresh is seen by the other token that is there after it. */
export interface SeenToken {
  readonly expireTime: Date;
  readonly firstSeenAt: Date;
}

export interface CredentialLine extends Line<CredentialState> {
  readonly integration: string;
  /** Of the access token. */
  readonly expireTime?: Date;
  readonly refreshedAt?: Date;
  readonly failingSince?: Date;
  readonly consentedAt?: Date;
  /** Email of the account that consented. */
  readonly consentedBy?: string;
  /** Id of its organization. */
  readonly organization?: string;
  /** Until when the grant lives if every refresh fails from now on. */
  readonly horizon?: Horizon;
  /** Whose account it is by Webex's own word; undefined where Webex was not asked. */
  readonly verified?: { readonly email: string; readonly organization: string };
  /** Oldest first. */
  readonly tokens: readonly SeenToken[];
}

export interface Horizon {
  readonly until: Date;
  /** Assumptions behind that date, in words that follow "assuming". @default - nothing: Webex has told it */
  readonly assumption?: string;
}

/** Of an app or of an operator. */
export interface SecretIdLine extends Line<SecretIdState> {
  /** When the last of them ends; null: never. */
  readonly expireTime?: Date | null;
}

export interface BackupLine extends Line<BackupState> {
  readonly takenAt?: Date;
  readonly verifiedAt?: Date;
}

export interface Report {
  readonly lookedAt: Date;
  /** Of Vault. */
  readonly address: string;
  readonly mountPath: string;
  /** Of the whole: the worst of its lines. */
  readonly severity: Severity;
  readonly server: Line<ServerState>;
  readonly engine: EngineLine;
  readonly integrations: readonly IntegrationLine[];
  readonly credentials: readonly CredentialLine[];
  readonly apps: readonly SecretIdLine[];
  readonly operators: readonly SecretIdLine[];
  /** Their login by OIDC. Undefined where none is declared. */
  readonly people?: Line<PeopleState>;
  /** Undefined where the server is somebody else's, who backs it up. */
  readonly backup?: BackupLine;
}

/** What a line of the report is of, as it is called to people. */
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

/** The worst of them; healthy where there are none. */
export function worst(severities: readonly Severity[]): Severity {
  return SEVERITIES[Math.max(0, ...severities.map((severity) => SEVERITIES.indexOf(severity)))] ?? 'broken';
}
