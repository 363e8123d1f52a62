import { mkdirSync } from 'node:fs';
import { z } from 'zod';
import { ExplainedError, oneLine } from 'webex-token-client/core';
import { run, type FinishedCommand } from '../child-process';

/** The first release with ephemeral variables in provisioners, which keep the client secret out of the state. */
const NEEDED = [1, 11] as const;

/** For downloads of some 100 MB; one that stands still must not keep a quickstart. */
const INIT_TIMEOUT_MS = 180_000;

/** A registry that does not answer at once is not waited for: the rehearsal's applier applies without one. */
const IMPATIENT_REGISTRY = { TF_REGISTRY_CLIENT_TIMEOUT: '5', TF_REGISTRY_DISCOVERY_RETRY: '0' };

export interface TerraformOptions {
  /** Folder with the synthesized `cdk.tf.json`. */
  readonly stackDirectory: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Terraform or OpenTofu, as found on this machine, applying one synthesized stack with its state in that folder. */
export class Terraform {
  private constructor(
    private readonly binary: string,
    /** Such as `Terraform 1.11.4`. */
    readonly title: string,
  ) {}

  /**
   * Looks for `TERRAFORM_BINARY_NAME`, else `terraform`, else `tofu`, on PATH.
   *
   * @throws ExplainedError saying why none will do
   */
  static async find(environment: NodeJS.ProcessEnv = process.env): Promise<Terraform> {
    const candidates = environment.TERRAFORM_BINARY_NAME ? [environment.TERRAFORM_BINARY_NAME] : ['terraform', 'tofu'];
    let reason = environment.TERRAFORM_BINARY_NAME
      ? `TERRAFORM_BINARY_NAME is "${environment.TERRAFORM_BINARY_NAME}", which is not on PATH or does not say which Terraform or OpenTofu it is`
      : 'neither terraform nor tofu is on PATH';
    for (const binary of candidates) {
      const version = await versionOf(binary, environment);
      if (version === undefined) {
        continue;
      }
      const [major = 0, minor = 0] = version.number.split('.').map(Number);
      if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) {
        return new Terraform(binary, `${version.product} ${version.number}`);
      }
      reason = `${version.product} ${version.number} is too old; install ${NEEDED.join('.')} or newer`;
    }
    throw new ExplainedError(reason);
  }

  /**
   * Gets the providers, where they can be had.
   *
   * @throws ExplainedError where a provider cannot be had
   */
  async init(options: TerraformOptions): Promise<void> {
    if (options.environment.TF_PLUGIN_CACHE_DIR) {
      mkdirSync(options.environment.TF_PLUGIN_CACHE_DIR, { recursive: true });
    }
    const { exitCode, stdout, stderr } = await this.#run(
      ['init', '-input=false', '-no-color'],
      { ...options, environment: { ...IMPATIENT_REGISTRY, ...options.environment } },
      INIT_TIMEOUT_MS,
    );
    if (exitCode !== 0) {
      throw new ExplainedError(`${this.title} cannot get its providers: ${initFailure(stdout + stderr)}`);
    }
  }

  /** @returns addresses of the resources that were created or changed, and the outputs */
  async apply(options: TerraformOptions): Promise<{ changed: string[]; outputs: Record<string, unknown> }> {
    const args = ['apply', '-input=false', '-auto-approve', '-json'];
    const { exitCode, stdout: printed, stderr } = await this.#run(args, options);
    if (exitCode !== 0) {
      throw new ExplainedError(`${this.title} apply failed: ${firstError(printed + stderr)}`);
    }
    const message = z.object({
      type: z.string(),
      hook: z.object({ resource: z.object({ addr: z.string() }), action: z.string() }).optional(),
      outputs: z.record(z.string(), z.object({ value: z.unknown() })).optional(),
    });
    const messages = printed
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .flatMap((line) => message.safeParse(JSON.parse(line)).data ?? []);
    return {
      changed: messages.flatMap(({ type, hook }) => (type === 'apply_complete' && hook ? [hook.resource.addr] : [])),
      outputs: Object.fromEntries(
        messages.flatMap(({ outputs }) => Object.entries(outputs ?? {})).map(([name, { value }]) => [name, value]),
      ),
    };
  }

  #run(args: string[], options: TerraformOptions, timeoutMs?: number): Promise<FinishedCommand> {
    return run(this.binary, args, {
      cwd: options.stackDirectory,
      env: { CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', ...options.environment },
      timeoutMs,
    });
  }
}

async function versionOf(
  binary: string,
  env: NodeJS.ProcessEnv,
): Promise<{ product: string; number: string } | undefined> {
  const { exitCode, stdout } = await run(binary, ['version'], { env: { CHECKPOINT_DISABLE: '1', ...env } });
  const said = /^(Terraform|OpenTofu) v(\S+)/m.exec(stdout);
  return exitCode === 0 && said?.[1] && said[2] ? { product: said[1], number: said[2] } : undefined;
}

/** The cause alone: Terraform wraps it in a paragraph on what it was about, and one on what to run next. */
function initFailure(printed: string): string {
  const [said = '', ...details] = printed
    .replace(/[│╷╵]/g, '')
    .replace(/^[\s\S]*?Error: /, '')
    .split(/\n\s*\n/);
  const detail = oneLine(details[0] ?? said);
  return /^.*": (.+)$/.exec(detail)?.[1] ?? (detail || 'it took too long');
}

/** Terraform's first error as one line, from its plain or its JSON output. */
function firstError(printed: string): string {
  const diagnostic = z.object({
    diagnostic: z.object({ severity: z.literal('error'), summary: z.string(), detail: z.string() }),
  });
  for (const line of printed.split('\n').filter((candidate) => candidate.startsWith('{'))) {
    const found = diagnostic.safeParse(JSON.parse(line)).data?.diagnostic;
    if (found) {
      return oneLine(`${found.summary}: ${found.detail}`);
    }
  }
  const text = printed.replace(/[│╷╵]/g, '');
  return oneLine(/Error:[\s\S]{0,600}/.exec(text)?.[0] ?? text.slice(-600));
}
