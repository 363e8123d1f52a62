import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { commandLine, ExplainedError, runChildCommand } from '#core';
import { planOf, recordedIn, type Plan } from './plan/plan';
import type { ResourceChange } from './plan/resource-change';
import type { Terraform } from './terraform';

/** File beside Terraform's data, with a hash of the configuration that `init` was run for. */
const STAMP = 'webex-token-vault-init';

const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

const DEPLOYMENT = 'terraform_data.deployment';

const synthesized = z.object({
  resource: z.record(z.string(), z.record(z.string(), z.looseObject({}))).default({}),
  terraform: z.object({ backend: z.record(z.string(), z.record(z.string(), z.unknown())) }).loose(),
  provider: z.record(z.string(), z.unknown()).default({}),
});

const initialized = z.object({
  backend: z.object({ type: z.string(), config: z.record(z.string(), z.unknown()) }),
});

export interface PlanOptions {
  /** Absolute path of the plan file. @default - the plan is only shown */
  readonly file?: string;
  readonly destroy?: boolean;
  /** Further arguments of Terraform. */
  readonly args: readonly string[];
}

/** Terraform in the folder of a synthesized stack. It prints to this terminal. */
export class TerraformRunner {
  #declaration?: z.output<typeof synthesized>;

  constructor(
    readonly name: string,
    private readonly folder: string,
    private readonly terraform: Terraform,
    /** Environment variables in addition to those of this process. */
    private readonly variables: NodeJS.ProcessEnv = {},
  ) {}

  /** Whether its resources are in Vault, so that it needs a token. */
  get isInVault(): boolean {
    return 'vault' in this.#synthesized().provider;
  }

  /** The same stack with other additional variables. */
  with(variables: NodeJS.ProcessEnv): TerraformRunner {
    return new TerraformRunner(this.name, this.folder, this.terraform, variables);
  }

  /**
   * Runs `init`, unless that was done for this configuration. @returns Terraform's exit code
   *
   * @throws ExplainedError if the stack would use another state than before
   */
  async initialize(json: boolean): Promise<number> {
    this.#refuseWorkspace();
    const stamp = this.#stamp();
    if (this.#read(this.#data(STAMP)) === stamp) {
      return 0;
    }
    this.#refuseMovedState();
    const exitCode = await this.#run('init', ['-input=false', ...(json ? ['-json'] : [])]);
    if (exitCode === 0) {
      writeFileSync(this.#data(STAMP), stamp);
    }
    return exitCode;
  }

  /** @returns Terraform's exit code; with `-detailed-exitcode`, 2 if there are changes */
  async plan({ file, destroy = false, args }: PlanOptions): Promise<number> {
    const exitCode = await this.#run('plan', [
      ...(destroy ? ['-destroy'] : []),
      ...(file === undefined ? [] : [`-out=${file}`]),
      ...args,
    ]);
    if (exitCode === 1) {
      // Providers may have been removed, or the backend changed from outside, so the next run initializes again.
      rmSync(this.#data(STAMP), { force: true });
    }
    return exitCode;
  }

  /** Whether a plan fails because of `prevent_destroy`. */
  async preventsDestroy({ destroy = false, args }: Pick<PlanOptions, 'destroy' | 'args'>): Promise<boolean> {
    const asked = ['-input=false', '-json', '-lock=false', ...(destroy ? ['-destroy'] : []), ...args];
    const said = await this.#execute('plan', asked).catch((error: unknown) => error as { readonly stdout?: string });
    return said.stdout?.includes('"summary":"Instance cannot be destroyed"') ?? false;
  }

  /** Applies a plan without a question. @returns Terraform's exit code */
  apply(plan: string, args: readonly string[]): Promise<number> {
    return this.#run('apply', ['-input=false', ...args, plan]);
  }

  /** @throws ExplainedError if the file is no plan of this declaration */
  async show(file: string): Promise<Plan> {
    const plan = planOf(JSON.parse(await this.#capture('show', '-json', file)));
    const { resource } = this.#synthesized();
    const declared = Object.entries(resource).flatMap(([type, named]) =>
      Object.keys(named).map((name) => `${type}.${name}`),
    );
    const owner = plan.changes.find(({ address }) => address === DEPLOYMENT);
    const name = owner?.after('input') ?? owner?.before('input');
    const notes = resource.terraform_data ?? {};
    const isOurs =
      (name === undefined || name === notes.deployment?.input) &&
      (plan.declaredNote === undefined || plan.declaredNote === notes.declared?.input);
    if (!isOurs || [...plan.declared].sort().join() !== declared.sort().join()) {
      throw new ExplainedError(
        `${file} is a plan of another stack, or of another declaration${name === undefined ? '' : `, of deployment "${name}"`}; make a new one: ${commandLine('diff', this.name, '--plan-file', 'FILE')}`,
      );
    }
    return plan;
  }

  /** Resources of the state. @throws ExplainedError if Terraform cannot read it */
  async recorded(): Promise<ResourceChange[]> {
    return recordedIn(JSON.parse(await this.#capture('show', '-json')));
  }

  /** Has Terraform keep resources that it would replace as tainted. @throws ExplainedError */
  async untaint(addresses: readonly string[]): Promise<void> {
    for (const address of addresses) {
      await this.#capture('untaint', address);
    }
  }

  /** Outputs by name, without sensitive ones. */
  async outputs(): Promise<Readonly<Record<string, unknown>>> {
    const outputs = z.record(z.string(), z.object({ sensitive: z.boolean(), value: z.unknown() }));
    return Object.fromEntries(
      Object.entries(outputs.parse(JSON.parse(await this.#capture('output', '-json'))))
        .filter(([, { sensitive }]) => !sensitive)
        .map(([name, { value }]) => [name, value]),
    );
  }

  #run(command: string, args: readonly string[]): Promise<number> {
    const { binary } = this.terraform;
    // Terraform writes colors into files, too.
    const colors = process.stdout.isTTY ? [] : ['-no-color'];
    return runChildCommand(binary, [`-chdir=${this.folder}`, command, ...colors, ...args], this.#environment());
  }

  async #capture(command: string, ...args: readonly string[]): Promise<string> {
    try {
      return (await this.#execute(command, ['-no-color', ...args])).stdout;
    } catch (error) {
      const { stderr = '' } = error as { stderr?: string };
      throw new ExplainedError(
        `${this.terraform.title} ${command} failed in stack ${this.name} (${firstError(stderr)}); correct that, and run this again`,
      );
    }
  }

  #execute(command: string, args: readonly string[]): Promise<{ readonly stdout: string }> {
    const options = { env: { ...process.env, ...this.#environment() }, maxBuffer: MAX_OUTPUT_BYTES };
    return promisify(execFile)(this.terraform.binary, [`-chdir=${this.folder}`, command, ...args], options);
  }

  #environment(): NodeJS.ProcessEnv {
    // Without this, each plan would end with advice on how to apply it by hand.
    return this.terraform.environment({ ...this.variables, TF_IN_AUTOMATION: '1' });
  }

  #synthesized(): z.output<typeof synthesized> {
    return (this.#declaration ??= synthesized.parse(JSON.parse(this.#read('cdk.tf.json') ?? '')));
  }

  #stamp(): string {
    const { terraform } = this.#synthesized();
    return createHash('sha256')
      .update(JSON.stringify([this.terraform.title, terraform]))
      .digest('hex');
  }

  /** Terraform refuses too, and names two ways without saying which of them keeps the state. */
  #refuseMovedState(): void {
    const before = initialized.safeParse(JSON.parse(this.#read(this.#data('terraform.tfstate')) ?? 'null')).data;
    const [declared] = Object.entries(this.#synthesized().terraform.backend);
    if (before === undefined || declared === undefined) {
      return;
    }
    const [type, config] = declared;
    const settings = Object.entries(config);
    const same = settings.every(([key, value]) => JSON.stringify(before.backend.config[key]) === JSON.stringify(value));
    if (type !== before.backend.type || !same) {
      const command = `${this.terraform.binary} -chdir=${relative('', this.folder)} init -migrate-state`;
      throw new ExplainedError(
        `the state of stack ${this.name} is in backend "${before.backend.type}", but the declaration names another place in "${type}"; move it there: ${command}`,
      );
    }
  }

  /** A deployment has one state. In a workspace it would have a second, unknown one. */
  #refuseWorkspace(): void {
    const { TF_WORKSPACE: workspace } = process.env;
    if (workspace && workspace !== 'default' && 'local' in this.#synthesized().terraform.backend) {
      throw new ExplainedError(
        `TF_WORKSPACE is "${workspace}", and that workspace has another state of stack ${this.name}; unset it, and declare each environment in its own file`,
      );
    }
  }

  /** Path of a file in Terraform's data folder. */
  #data(file: string): string {
    return resolve(this.folder, process.env.TF_DATA_DIR || '.terraform', file);
  }

  #read(file: string): string | undefined {
    const path = resolve(this.folder, file);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  }
}

function firstError(printed: string): string {
  const text = printed.replace(/[│╷╵]/g, '');
  return (/Error:[\s\S]{0,600}/.exec(text)?.[0] ?? text.slice(-600)).replace(/\s+/g, ' ').trim();
}
