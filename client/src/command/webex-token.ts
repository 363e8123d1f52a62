import {
  type CredentialReading,
  engineMount,
  exitCodeOf,
  ExplainedError,
  isExplained,
  oneLine,
  readCredential,
  refuseEndedRehearsal,
  refuseUnverifiedTls,
  runChildCommand,
  safeText,
  SecretIdFile,
  unwrapSecretId,
  VaultConnection,
  vaultServerFromEnvironment,
  vaultVariable,
} from '#core';
import { parseArguments } from './arguments';
import { helpText } from './help';
import { endsOnSignal } from './signal-grace';
import { maskInLog, print, surviveClosedOutput } from './output';
import { withVaultIdentity } from './vault-identity';

/** Parts of the command that most runs do not need. */
export interface LoadedOnDemand {
  readonly version: () => string;
  readonly proxy: () => typeof import('../proxy/proxy-command');
}

/** Runs the command line and sets the exit code of the process. */
export async function main(argv: readonly string[], parts: LoadedOnDemand): Promise<void> {
  surviveClosedOutput();
  try {
    process.exitCode = await run(argv, parts);
  } catch (error) {
    process.exitCode = report(error);
  }
}

async function run(argv: readonly string[], { version, proxy }: LoadedOnDemand): Promise<number> {
  const asked = parseArguments(argv);
  switch (asked.kind) {
    case 'help':
      await print(helpText());
      return 0;
    case 'version':
      await print(version());
      return 0;
    case 'unwrap': {
      refuseUnverifiedTls();
      const file = await endsOnSignal(unwrapToFile());
      process.stderr.write(`the secret id is in ${oneLine(file)}\n`);
      return 0;
    }
    case 'proxy':
      return proxy().runProxy(asked, warn);
    case 'exec-proxy':
      return proxy().runBehindProxy(asked, { warn, mask: maskInLog });
    case 'print': {
      const reading = await endsOnSignal(read(asked.credential), asked.graceMs);
      if (asked.format !== 'json') {
        reading.warnings.forEach(warn);
      }
      await maskInLog(reading.accessToken);
      await print(FORMATS[asked.format](reading));
      return 0;
    }
    case 'exec': {
      const reading = await endsOnSignal(read(asked.credential), asked.graceMs);
      reading.warnings.forEach(warn);
      await maskInLog(reading.accessToken);
      return runChildCommand(asked.command, asked.args, { WEBEX_ACCESS_TOKEN: reading.accessToken });
    }
  }
}

async function read(credential: string): Promise<CredentialReading> {
  refuseUnverifiedTls();
  refuseEndedRehearsal();
  return withVaultIdentity((vault) => readCredential(vault, engineMount(), credential), process.env, warn);
}

/**
 * Unwraps the secret id of the environment once, into the file that the environment names.
 *
 * @returns the file
 * @throws ExplainedError if one of the two is not set; the errors of {@link unwrapSecretId} and {@link SecretIdFile}
 */
async function unwrapToFile(): Promise<string> {
  const vault = new VaultConnection(vaultServerFromEnvironment());
  const wrappingToken = vaultVariable('WRAPPED_SECRET_ID');
  const file = vaultVariable('SECRET_ID_FILE');
  if (wrappingToken === undefined) {
    throw new ExplainedError(
      'VAULT_WRAPPED_SECRET_ID is not set, so there is nothing to unwrap; set it to the wrapping token that "webex-token-vault issue" printed',
    );
  }
  if (file === undefined) {
    throw new ExplainedError(
      'VAULT_SECRET_ID_FILE is not set, so there is no file for the secret id; set it to the file that the app reads',
    );
  }
  const secretIdFile = new SecretIdFile(file);
  await secretIdFile.prepare();
  await secretIdFile.put(await unwrapSecretId(vault, wrappingToken));
  return file;
}

const FORMATS = {
  token: ({ accessToken }: CredentialReading) => accessToken,
  header: ({ accessToken }: CredentialReading) => `Authorization: Bearer ${accessToken}`,
  json: ({ accessToken, tokenType, expireTime, warnings }: CredentialReading) =>
    JSON.stringify(
      {
        access_token: accessToken,
        token_type: tokenType,
        expire_time: expireTime?.toISOString() ?? null,
        warnings,
      },
      null,
      2,
    ),
};

function warn(warning: string): void {
  process.stderr.write(`warning: ${oneLine(warning)}\n`);
}

function report(error: unknown): number {
  if (isExplained(error)) {
    process.stderr.write(`error: ${oneLine(error.message)}\n`);
    return exitCodeOf(error);
  }
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`error: unexpected: ${safeText(message)}; please report it\n`);
  return 1;
}
