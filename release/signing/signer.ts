import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { ExplainedError } from '#core';
import { lastLine, run } from '../../lib/processes/child-process';

export const PUBLIC_KEY = 'cosign.pub';

/** No transparency log gets a signature of a throw-away key. */
const UNLOGGED = ['--tlog-upload=false', '--use-signing-config=false'];

/** Signs files and images by cosign. */
export class Signer {
  private constructor(
    private readonly cosign: string,
    private readonly options: readonly string[],
    private readonly env: NodeJS.ProcessEnv,
    /** Options of `cosign verify` in place of the workflow's identity. @default - the workflow signs */
    readonly verification?: string,
  ) {}

  /** A signer with the identity of the workflow that runs it. */
  static keyless(cosign: string): Signer {
    return new Signer(cosign, [], process.env);
  }

  /** @param folder gets the public key, and the private one, encrypted by a password that nobody knows */
  static async throwAway(cosign: string, folder: string): Promise<Signer> {
    const env = { ...process.env, COSIGN_PASSWORD: randomBytes(16).toString('hex') };
    const prefix = join(folder, 'cosign');
    await cosignRun(cosign, ['generate-key-pair', `--output-key-prefix=${prefix}`], env);
    const verification = `--key ${PUBLIC_KEY} --insecure-ignore-tlog=true`;
    return new Signer(cosign, ['--key', `${prefix}.key`, ...UNLOGGED], env, verification);
  }

  /** @returns path of the signature, beside the file */
  async signFile(file: string): Promise<string> {
    const bundle = `${file}.sigstore.json`;
    await this.#run('sign-blob', '--bundle', bundle, file);
    return bundle;
  }

  /** @param image with its digest */
  async signImage(image: string): Promise<void> {
    await this.#run('sign', image);
  }

  /** Signs a bill of materials of an image, beside the image. */
  async attestBill(image: string, bill: string): Promise<void> {
    await this.#run('attest', '--type', 'cyclonedx', '--predicate', bill, image);
  }

  async #run(command: string, ...args: string[]): Promise<void> {
    await cosignRun(this.cosign, [command, '--yes', ...this.options, ...args], this.env);
  }
}

async function cosignRun(cosign: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const { exitCode, stderr } = await run(cosign, args, { env });
  if (exitCode !== 0) {
    throw new ExplainedError(
      `"cosign ${args[0]}" said "${lastLine(stderr)}"; correct that, and run the same command again`,
    );
  }
}
