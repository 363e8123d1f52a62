import type { CredentialLine, Line, Report, SecretIdLine } from './report';

/*
 * The report for programs. Times are in ISO 8601. Every field is present, and null if its value is unknown.
 */

/** Version of this format. It changes if a reader of the old format would misread the new one. */
const FORMAT_VERSION = 1;

export function toJson(report: Report): object {
  const { lookedAt, address, mountPath, severity, server, engine } = report;
  const { integrations, credentials, apps, operators, people, backup } = report;
  return {
    version: FORMAT_VERSION,
    looked_at: lookedAt.toISOString(),
    address,
    mount_path: mountPath,
    severity,
    server: ofLine(server),
    engine: ofLine(engine),
    integrations: integrations.map(ofLine),
    credentials: credentials.map(ofCredential),
    apps: apps.map(ofSecretId),
    operators: operators.map(ofSecretId),
    people: people === undefined ? null : ofLine(people),
    backup:
      backup === undefined
        ? null
        : { ...ofLine(backup), taken_at: time(backup.takenAt), verified_at: time(backup.verifiedAt) },
  };
}

function ofLine({ name, state, severity, detail, next, notes }: Line): object {
  return { name, state, severity, detail, next: next ?? null, notes };
}

function ofCredential(line: CredentialLine): object {
  const { horizon } = line;
  return {
    ...ofLine(line),
    integration: line.integration,
    family: line.member?.family ?? null,
    organization_name: line.member?.name ?? null,
    expire_time: time(line.expireTime),
    refreshed_at: time(line.refreshedAt),
    failing_since: time(line.failingSince),
    consented_at: time(line.consentedAt),
    consented_by: line.consentedBy ?? null,
    organization: line.organization ?? null,
    horizon: horizon === undefined ? null : { until: time(horizon.until), assumption: horizon.assumption ?? null },
    granted_scopes: line.scopes?.granted ?? null,
    missing_scopes: line.scopes?.missing ?? null,
    verified: line.verified ?? null,
    tokens: line.tokens.map((token) => ({
      expire_time: time(token.expireTime),
      first_seen_at: time(token.firstSeenAt),
    })),
  };
}

function ofSecretId(line: SecretIdLine): object {
  return { ...ofLine(line), expire_time: line.expireTime === null ? 'never' : time(line.expireTime) };
}

function time(date: Date | undefined): string | null {
  return date?.toISOString() ?? null;
}
