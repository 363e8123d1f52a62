import util from 'node:util';
import { DataResource, LocalBackend, TerraformResource, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { ExplainedError } from '#core';
import type { DeclaredGrants } from '../lib/declaration/declared/declared-grants';
import type { DeclaredServer } from '../lib/declaration/declared/declared-server';
import type { Deployment } from '../lib/declaration/schema/deployment';
import { backendSettings, DEFAULT_NAME, stateFileName } from '../lib/declaration/files/state-file';
import { pathFromOutput } from './output-path';
import { plainText } from './terraform-text';
import { StateBackend } from './state-backend';

/** First version of Terraform and of OpenTofu with ephemeral variables and write-only arguments. */
const REQUIRED_VERSION = '>= 1.11';

export interface DeploymentStackProps {
  /** Folder of relative paths in the declaration, and of local state. @default - the current folder */
  readonly folder?: string;
  /** Name of the declaring file without its ending. It distinguishes the states of deployments. @default "deployment" */
  readonly name?: string;
}

/** Common parts of both stacks: Terraform's version, the state and its owner, and paths. */
export abstract class DeploymentStack extends TerraformStack {
  /** Folder of relative paths in the declaration. */
  protected readonly folder: string;

  constructor(scope: Construct, id: string, { backend, vault }: Deployment, props: DeploymentStackProps = {}) {
    super(scope, id);
    provideIsArray();
    const { folder = process.cwd(), name = DEFAULT_NAME } = props;
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
      throw new ExplainedError(
        `the name of a deployment must be letters, digits, ".", "-" or "_", because it names the state, got "${name}"; rename the file that declares it`,
      );
    }
    if (vault.server !== undefined && backend !== undefined && !JSON.stringify(backend.config).includes('{stack}')) {
      throw new ExplainedError(
        `backend "${backend.type}" would keep the states of two stacks in one place; put {stack} in the setting that tells states apart, like key: "webex/{stack}.tfstate"`,
      );
    }
    this.folder = folder;

    // An older Terraform refuses this before it meets an unknown argument.
    this.addOverride('terraform.required_version', REQUIRED_VERSION);
    if (backend === undefined) {
      new LocalBackend(this, { path: this.pathFromOutput(stateFileName(name, id)) });
    } else {
      new StateBackend(this, 'backend', { ...backend, config: backendSettings(backend.config, name, id) });
    }

    // The state keeps the name of its deployment. A stack on another deployment's state would replace its resources, so the
    // plan is refused.
    const owner = new DataResource(this, 'deployment', {
      lifecycle: {
        ignoreChanges: ['input'],
        postcondition: [
          {
            condition: `\${self.output == "${name}"}`,
            errorMessage: `this state belongs to deployment "\${self.output}", got deployment "${name}", which would replace the resources of the other; give each its own state, or deploy with the other's file`,
          },
        ],
      },
    });
    // CDKTF's prop accepts objects only.
    owner.addOverride('input', name);
  }

  /**
   * Keeps the declaration in the state, for the next deploy to compare. Terraform writes it last, so a failed deploy leaves
   * the note of the previous one. Call it after all other resources are defined.
   */
  protected note(declared: DeclaredGrants | DeclaredServer): void {
    const before = this.node.findAll().filter((each) => TerraformResource.isTerraformResource(each));
    const note = new DataResource(this, 'declared', { dependsOn: before });
    // One text: Terraform would keep the type of an object beside it, as large as the object.
    note.addOverride('input', plainText(JSON.stringify(declared)));
  }

  /** Path from Terraform's working folder to a path in the deployment's folder; see {@link pathFromOutput}. */
  protected pathFromOutput(path: string): string {
    const way = pathFromOutput(this, this.folder);
    return way === '' ? path : `${way}/${path}`;
  }
}

/**
 * cdktf calls `util.isArray` for every output. Node warns of that (DEP0044) and may drop it. Node's documented replacement
 * takes its place here, and other warnings are still shown.
 */
function provideIsArray(): void {
  Object.assign(util, { isArray: Array.isArray });
}
