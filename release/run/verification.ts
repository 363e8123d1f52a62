import { readFile } from 'node:fs/promises';
import { delimiter, dirname } from 'node:path';
import { ExplainedError } from '#core';
import { lastLine, run } from '../../lib/processes/child-process';

/** The block of SECURITY.md with the commands of a user. */
const BLOCK = /<!-- test: verify -->\s*```sh\n([^]*?)^```$/m;

/** Options that name the workflow as the signer. */
const IDENTITY = /--certificate-identity-regexp \S+ --certificate-oidc-issuer \S+/;

export interface VerificationProps {
  /** SECURITY.md. */
  readonly page: string;
  /** Folder with the files of the release. */
  readonly folder: string;
  readonly version: string;
  /** Registry and owner of the images. @default - there are no images */
  readonly images?: string;
  readonly cosign: string;
  /** Options that name another signer in place of the workflow. */
  readonly signer: string;
}

/**
 * Types the commands by which a user verifies a release. The only change is the signer, because a throw-away key has
 * signed.
 *
 * @returns the typed commands
 * @throws ExplainedError if one of them refuses the release
 */
export async function verifyAsUser(props: VerificationProps): Promise<readonly string[]> {
  const { page, folder, version, images, cosign, signer } = props;
  const typed = verificationCommands(await readFile(page, 'utf8'), signer).filter(
    (command) => images !== undefined || !isAboutImages(command),
  );
  const path = `${dirname(cosign)}${delimiter}${process.env.PATH ?? ''}`;
  const env = { ...process.env, PATH: path, VERSION: version, IMAGES: images ?? '' };
  for (const command of typed) {
    const { exitCode, stdout, stderr } = await run('sh', ['-c', command], { cwd: folder, env });
    if (exitCode !== 0) {
      throw new ExplainedError(
        `"${command}" refuses the release: ${lastLine(stderr) || lastLine(stdout)}; publish nothing, and look at ${folder}`,
      );
    }
  }
  return typed;
}

/** A release without images has neither their signatures nor their bills of materials. */
function isAboutImages(command: string): boolean {
  return /\$IMAGES|-image-/.test(command);
}

/** @param signer options that take the place of the workflow's identity @throws Error if the page has no commands */
export function verificationCommands(page: string, signer: string): readonly string[] {
  const block = BLOCK.exec(page)?.[1] ?? '';
  const commands = block
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => /^\w/.test(line));
  if (!commands.some((command) => IDENTITY.test(command))) {
    throw new Error('SECURITY.md has no command behind <!-- test: verify --> that checks the signer; write it again');
  }
  return commands.map((command) => command.replace(IDENTITY, signer));
}
