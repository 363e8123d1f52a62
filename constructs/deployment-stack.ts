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
  /** Folder in which relative paths of the declaration start. It also has the local states. @default - the current folder */
  readonly folder?: string;
  /** Name of the declaring file without its ending. Each name has states of its own. @default "deployment" */
  readonly name?: string;
}

/** Common parts of both stacks: Terraform's version, the state with its owner, and paths. */
export abstract class DeploymentStack extends TerraformStack {
  /** Folder in which relative paths of the declaration start. */
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
        `backend "${backend.type}" would keep the states of both stacks in one place; put {stack} into the setting that names the state, like key: "webex/{stack}.tfstate"`,
      );
    }
    this.folder = folder;

    // An older Terraform refuses the version before it finds an unknown argument.
    this.addOverride('terraform.required_version', REQUIRED_VERSION);
    if (backend === undefined) {
      new LocalBackend(this, { path: this.pathFromOutput(stateFileName(name, id)) });
    } else {
      new StateBackend(this, 'backend', { ...backend, config: backendSettings(backend.config, name, id) });
    }

    // The state keeps the name of its deployment. A stack would replace all resources in the state of another deployment, so
    // Terraform refuses the plan.
    const owner = new DataResource(this, 'deployment', {
      lifecycle: {
        ignoreChanges: ['input'],
        postcondition: [
          {
            condition: `\${self.output == "${name}"}`,
            errorMessage: `this state belongs to deployment "\${self.output}", got deployment "${name}", which would replace the resources of "\${self.output}"; give each deployment its own state, or deploy the other file`,
          },
        ],
      },
    });
    // The prop of CDKTF accepts only objects.
    owner.addOverride('input', name);
  }

  /**
   * Keeps the declaration as a note in the state. The next deploy compares the note. Terraform writes it last, so the state keeps
   * the previous note if a deploy fails. Call this method after all other resources are defined.
   */
  protected note(declared: DeclaredGrants | DeclaredServer): void {
    const before = this.node.findAll().filter((each) => TerraformResource.isTerraformResource(each));
    const note = new DataResource(this, 'declared', { dependsOn: before });
    // The note is one text, because Terraform would keep the type of an object too, and the type is as large as the object.
    note.addOverride('input', plainText(JSON.stringify(declared)));
  }

  /** Path from Terraform's working folder to a path in the deployment's folder; see {@link pathFromOutput}. */
  protected pathFromOutput(path: string): string {
    const way = pathFromOutput(this, this.folder);
    return way === '' ? path : `${way}/${path}`;
  }
}

/**
 * cdktf calls `util.isArray` for every output. Node warns about it (DEP0044) and may remove it. This function puts Node's documented
 * replacement in its place. Other warnings are still shown.
 */
function provideIsArray(): void {
  Object.assign(util, { isArray: Array.isArray });
}
