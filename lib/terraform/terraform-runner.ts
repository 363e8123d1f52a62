import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { ExplainedError, runChildCommand } from '#core';
import { planOf, recordedIn, type Plan } from './plan/plan';
import type { ResourceChange } from './plan/resource-change';
import type { Terraform } from './terraform';

/** Kept where Terraform keeps what `init` has got: what it was initialized for. */
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
  /** Absolute path of the file that the plan goes to. @default - none: it is shown only */
  readonly file?: string;
  /** Of a stack that is to go. */
  readonly destroy?: boolean;
  /** Further arguments, as Terraform knows them. */
  readonly args: readonly string[];
}

/** The folder of a synthesized stack, with Terraform at work in it: its words are its own, in this terminal. */
export class TerraformRunner {
  #declaration?: z.output<typeof synthesized>;

  constructor(
    readonly name: string,
    private readonly folder: string,
    private readonly terraform: Terraform,
    /** What Terraform is told by its environment, beside what this process is told. @default - nothing */
    private readonly variables: NodeJS.ProcessEnv = {},
  ) {}

  /** Whether it is inside Vault, and needs a token for it. */
  get isInVault(): boolean {
    return 'vault' in this.#synthesized().provider;
  }

  /** The same with these variables in Terraform's environment. */
  with(variables: NodeJS.ProcessEnv): TerraformRunner {
    return new TerraformRunner(this.name, this.folder, this.terraform, variables);
  }

  /**
   * Gets providers and backend, where they are not those that the stack needs.
   *
   * @returns Terraform's exit code
   * @throws ExplainedError where the state would be looked for in another place than before
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

  /** @returns Terraform's exit code, 2 where there is something to do if the arguments ask for that */
  async plan({ file, destroy = false, args }: PlanOptions): Promise<number> {
    const exitCode = await this.#run('plan', [
      ...(destroy ? ['-destroy'] : []),
      ...(file === undefined ? [] : [`-out=${file}`]),
      ...args,
    ]);
    if (exitCode === 1) {
      // Perhaps for want of what init gets: providers can be removed, and a backend be changed from outside.
      rmSync(this.#data(STAMP), { force: true });
    }
    return exitCode;
  }

  /** Whether a plan fails because it would destroy what is not to be destroyed. */
  async preventsDestroy({ destroy = false, args }: Pick<PlanOptions, 'destroy' | 'args'>): Promise<boolean> {
    const asked = ['-input=false', '-json', '-lock=false', ...(destroy ? ['-destroy'] : []), ...args];
    const said = await this.#execute('plan', asked).catch((error: unknown) => error as { readonly stdout?: string });
    return said.stdout?.includes('"summary":"Instance cannot be destroyed"') ?? false;
  }

  /** Does what a plan says, without asking. @returns Terraform's exit code */
  apply(plan: string, args: readonly string[]): Promise<number> {
    return this.#run('apply', ['-input=false', ...args, plan]);
  }

  /** @throws ExplainedError where the file has no plan of what this stack declares */
  async show(file: string): Promise<Plan> {
    const plan = planOf(JSON.parse(await this.#capture('show', '-json', '-no-color', file)));
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
        `${file} is a plan of another stack, or of another declaration${name === undefined ? '' : `, of deployment "${name}"`}; make one of what is declared: diff ${this.name} --plan-file FILE`,
      );
    }
    return plan;
  }

  /** What the state has, as it was last written. @throws ExplainedError where Terraform cannot read it */
  async recorded(): Promise<ResourceChange[]> {
    return recordedIn(JSON.parse(await this.#capture('show', '-json', '-no-color')));
  }

  /** Has Terraform keep what it would replace for a creation that failed half way. @throws ExplainedError */
  async untaint(addresses: readonly string[]): Promise<void> {
    for (const address of addresses) {
      await this.#capture('untaint', address);
    }
  }

  /** What the stack is to tell, by name, without what is sensitive. */
  async outputs(): Promise<Readonly<Record<string, unknown>>> {
    const outputs = z.record(z.string(), z.object({ sensitive: z.boolean(), value: z.unknown() }));
    return Object.fromEntries(
      Object.entries(outputs.parse(JSON.parse(await this.#capture('output', '-json', '-no-color'))))
        .filter(([, { sensitive }]) => !sensitive)
        .map(([name, { value }]) => [name, value]),
    );
  }

  /** Terraform's own questions are not asked: ours come before. */
  #run(command: string, args: readonly string[]): Promise<number> {
    const { binary } = this.terraform;
    return runChildCommand(binary, [`-chdir=${this.folder}`, command, ...args], this.#environment());
  }

  async #capture(command: string, ...args: readonly string[]): Promise<string> {
    try {
      return (await this.#execute(command, args)).stdout;
    } catch (error) {
      const { stderr = '' } = error as { stderr?: string };
      throw new ExplainedError(
        `${this.terraform.title} ${command} failed in stack ${this.name}: ${firstError(stderr)}`,
      );
    }
  }

  /** Unseen. */
  #execute(command: string, args: readonly string[]): Promise<{ readonly stdout: string }> {
    const options = { env: { ...process.env, ...this.#environment() }, maxBuffer: MAX_OUTPUT_BYTES };
    return promisify(execFile)(this.terraform.binary, [`-chdir=${this.folder}`, command, ...args], options);
  }

  #environment(): NodeJS.ProcessEnv {
    // Else it would say at each plan how it is applied by hand.
    return this.terraform.environment({ ...this.variables, TF_IN_AUTOMATION: '1' });
  }

  /** It does not change while Terraform is at work. */
  #synthesized(): z.output<typeof synthesized> {
    return (this.#declaration ??= synthesized.parse(JSON.parse(this.#read('cdk.tf.json') ?? '')));
  }

  #stamp(): string {
    const { terraform } = this.#synthesized();
    return createHash('sha256')
      .update(JSON.stringify([this.terraform.title, terraform]))
      .digest('hex');
  }

  /** Terraform refuses as well, and names two ways without saying which of them keeps the state. */
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
        `the state of stack ${this.name} was kept in backend "${before.backend.type}", and is to be kept elsewhere now, in "${type}"; move it there: ${command}`,
      );
    }
  }

  /** A deployment has its own state, by its file; in a workspace it would have another one, of which nobody knows. */
  #refuseWorkspace(): void {
    const { TF_WORKSPACE: workspace } = process.env;
    if (workspace && workspace !== 'default' && 'local' in this.#synthesized().terraform.backend) {
      throw new ExplainedError(
        `TF_WORKSPACE is "${workspace}", in which the state of stack ${this.name} would be another one; unset it, and declare another environment in another file`,
      );
    }
  }

  /** Where Terraform keeps what is not its state, as it is run in the folder of the stack. */
  #data(file: string): string {
    return resolve(this.folder, process.env.TF_DATA_DIR || '.terraform', file);
  }

  #read(file: string): string | undefined {
    const path = resolve(this.folder, file);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  }
}

/** Terraform's first error as one line. */
function firstError(printed: string): string {
  const text = printed.replace(/[│╷╵]/g, '');
  return (/Error:[\s\S]{0,600}/.exec(text)?.[0] ?? text.slice(-600)).replace(/\s+/g, ' ').trim();
}
