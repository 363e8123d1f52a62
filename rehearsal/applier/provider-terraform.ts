import { mkdirSync } from 'node:fs';
import { z } from 'zod';
import { ExplainedError, oneLine } from '#core';
import type { Terraform } from '../../lib/terraform/terraform';
import { run, type FinishedCommand } from '../../lib/processes/child-process';

/* Terraform or OpenTofu applies one synthesized stack of a rehearsal without a question. Its state is in the stack's folder. */

/** Enough for downloads of some 100 MB. A hanging download must not stop a quickstart. */
const INIT_TIMEOUT_MS = 180_000;

/** A slow registry is not worth a wait, because the rehearsal's applier needs none. */
const IMPATIENT_REGISTRY = { TF_REGISTRY_CLIENT_TIMEOUT: '5', TF_REGISTRY_DISCOVERY_RETRY: '0' };

export interface TerraformOptions {
  /** Folder with the synthesized `cdk.tf.json`. */
  readonly stackDirectory: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Installs the providers. @throws ExplainedError if one is not available */
export async function initialize(terraform: Terraform, options: TerraformOptions): Promise<void> {
  if (options.environment.TF_PLUGIN_CACHE_DIR) {
    mkdirSync(options.environment.TF_PLUGIN_CACHE_DIR, { recursive: true });
  }
  const { exitCode, stdout, stderr } = await runTerraform(
    terraform,
    ['init', '-input=false', '-no-color'],
    { ...options, environment: { ...IMPATIENT_REGISTRY, ...options.environment } },
    INIT_TIMEOUT_MS,
  );
  if (exitCode !== 0) {
    throw new ExplainedError(`${terraform.title} cannot get its providers: ${initFailure(stdout + stderr)}`);
  }
}

/** @returns addresses of created and changed resources, and the outputs */
export async function apply(
  terraform: Terraform,
  options: TerraformOptions,
): Promise<{ changed: string[]; outputs: Record<string, unknown> }> {
  const args = ['apply', '-input=false', '-auto-approve', '-json'];
  const { exitCode, stdout: printed, stderr } = await runTerraform(terraform, args, options);
  if (exitCode !== 0) {
    throw new ExplainedError(`${terraform.title} apply failed: ${firstError(printed + stderr)}`);
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

function runTerraform(
  terraform: Terraform,
  args: string[],
  options: TerraformOptions,
  timeoutMs?: number,
): Promise<FinishedCommand> {
  return run(terraform.binary, args, {
    cwd: options.stackDirectory,
    env: terraform.environment({ TF_IN_AUTOMATION: '1', ...options.environment }),
    timeoutMs,
  });
}

/** The cause alone, without Terraform's paragraphs about the operation and the next command. */
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
