import {
  engineMount,
  exitCodeOf,
  isExplained,
  oneLine,
  readCredential,
  refuseEndedRehearsal,
  refuseUnverifiedTls,
  runChildCommand,
  safeText,
  type CredentialReading,
} from '#core';
import { parseArguments } from './arguments';
import { helpText } from './help';
import { endsOnSignal } from './signal-grace';
import { maskInLog, print, surviveClosedOutput } from './output';
import { unwrapToFile } from './unwrapping';
import { withVaultIdentity } from './vault-identity';

/** Runs the command line and sets the exit code of the process. */
export async function main(argv: readonly string[], version: () => string): Promise<void> {
  surviveClosedOutput();
  try {
    process.exitCode = await run(argv, version);
  } catch (error) {
    process.exitCode = report(error);
  }
}

async function run(argv: readonly string[], version: () => string): Promise<number> {
  const asked = parseArguments(argv);
  switch (asked.kind) {
    case 'help':
      await print(helpText().trimEnd());
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
    case 'print': {
      const reading = await endsOnSignal(read(asked.credential), asked.graceMs);
      if (asked.format !== 'json') {
        reading.warnings.forEach(warn);
      }
      await maskInLog(reading);
      await print(FORMATS[asked.format](reading));
      return 0;
    }
    case 'exec': {
      const reading = await endsOnSignal(read(asked.credential), asked.graceMs);
      reading.warnings.forEach(warn);
      await maskInLog(reading);
      return runChildCommand(asked.command, asked.args, { WEBEX_ACCESS_TOKEN: reading.accessToken });
    }
  }
}

async function read(credential: string): Promise<CredentialReading> {
  refuseUnverifiedTls();
  refuseEndedRehearsal();
  return withVaultIdentity((vault) => readCredential(vault, engineMount(), credential), process.env, warn);
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
