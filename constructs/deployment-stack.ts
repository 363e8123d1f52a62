import { realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { App, LocalBackend, TerraformBackend, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { ExplainedError } from 'webex-token-client/core';
import type { Deployment } from '../lib/declaration/deployment';

/** First version with ephemeral variables and with write-only arguments, of Terraform and of OpenTofu alike. */
const REQUIRED_VERSION = '>= 1.11';

/** What the stacks of a deployment have in common: Terraform's version, where the state is, and paths. */
export abstract class DeploymentStack extends TerraformStack {
  /** This project on this machine. */
  static readonly home = resolve(__dirname, '..');

  /** Way from the folder where Terraform runs to this project, with forward slashes. */
  protected readonly projectFolder: string;

  constructor(scope: Construct, id: string, { backend, vault }: Deployment) {
    super(scope, id);
    if (vault.server !== undefined && backend !== undefined && !JSON.stringify(backend.config).includes('{stack}')) {
      throw new ExplainedError(
        `backend "${backend.type}" would keep the states of two stacks in one place; put {stack} in the setting that tells states apart, like key: "webex/{stack}.tfstate"`,
      );
    }
    this.projectFolder = wayBetween(join(App.of(this).outdir, 'stacks', id), DeploymentStack.home);

    // Terraform looks at this before anything that an older one would not understand.
    this.addOverride('terraform.required_version', REQUIRED_VERSION);
    if (backend === undefined) {
      new LocalBackend(this, { path: `${this.projectFolder}/terraform.${id}.tfstate` });
    } else {
      new NamedBackend(this, backend.type, settings(backend.config, id));
    }
  }
}

/** Any backend of Terraform, by its name: CDKTF has a class for some only. */
class NamedBackend extends TerraformBackend {
  constructor(
    scope: Construct,
    type: string,
    private readonly config: unknown,
  ) {
    super(scope, 'backend', type);
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return this.config as Record<string, unknown>;
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return this.synthesizeAttributes();
  }

  override getRemoteStateDataSource(): never {
    throw new Error('no stack reads the state of another');
  }
}

function settings(value: unknown, stack: string): unknown {
  if (typeof value === 'string') {
    return value.replaceAll('{stack}', stack);
  }
  if (Array.isArray(value)) {
    return value.map((each) => settings(each, stack));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, settings(each, stack)]));
  }
  return value;
}

/** Relative, so that a clone elsewhere synthesizes the same. Past symbolic links, as the operating system will go. */
function wayBetween(from: string, to: string): string {
  return relative(realPath(from), realPath(to)).split(sep).join('/');
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return join(realPath(dirname(resolve(path))), basename(path));
  }
}
