import util from 'node:util';
import { DataResource, LocalBackend, TerraformResource, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { ExplainedError } from '#core';
import type { DeclaredGrants } from '../lib/declaration/declared/declared-grants';
import type { DeclaredServer } from '../lib/declaration/declared/declared-server';
import type { Deployment } from '../lib/declaration/schema/deployment';
import { backendPlaceholders, DEFAULT_NAME, stateFileName } from '../lib/declaration/files/state-file';
import { pathFromOutput } from './output-path';
import { plainText } from './terraform-text';
import { StateBackend } from './state-backend';

/** First version with ephemeral variables and with write-only arguments, of Terraform and of OpenTofu alike. */
const REQUIRED_VERSION = '>= 1.11';

export interface DeploymentStackProps {
  /** Where relative paths of the declaration and local state start. @default - the current folder */
  readonly folder?: string;
  /** Tells the states of two deployments apart: the name of the file that declares it. @default "deployment" */
  readonly name?: string;
}

/** What the stacks of a deployment have in common: Terraform's version, where the state is and whose, and paths. */
export abstract class DeploymentStack extends TerraformStack {
  /** Where relative paths of the declaration start, on this machine. */
  protected readonly folder: string;

  constructor(scope: Construct, id: string, { backend, vault }: Deployment, props: DeploymentStackProps = {}) {
    super(scope, id);
    provideIsArray();
    const { folder = process.cwd(), name = DEFAULT_NAME } = props;
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
      throw new ExplainedError(
        `the name of a deployment must be letters, digits, ".", "-" or "_", as it is part of the state, got "${name}"; rename the file that declares it`,
      );
    }
    if (vault.server !== undefined && backend !== undefined && !JSON.stringify(backend.config).includes('{stack}')) {
      throw new ExplainedError(
        `backend "${backend.type}" would keep the states of two stacks in one place; put {stack} in the setting that tells states apart, like key: "webex/{stack}.tfstate"`,
      );
    }
    this.folder = folder;

    // Terraform looks at this before anything that an older one would not understand.
    this.addOverride('terraform.required_version', REQUIRED_VERSION);
    if (backend === undefined) {
      new LocalBackend(this, { path: this.pathFromOutput(stateFileName(name, id)) });
    } else {
      new StateBackend(this, 'backend', { ...backend, placeholders: backendPlaceholders(name, id) });
    }

    // The state keeps the name that it was made with. Applied onto the state of another deployment, a stack would
    // replace what that one has; so it is refused while it is planned.
    const owner = new DataResource(this, 'deployment', {
      lifecycle: {
        ignoreChanges: ['input'],
        postcondition: [
          {
            condition: `\${self.output == "${name}"}`,
            errorMessage: `this state belongs to deployment "\${self.output}", got deployment "${name}", which would replace all that the other has; give each its own state, or deploy with the other's file`,
          },
        ],
      },
    });
    // CDKTF's prop takes objects only.
    owner.addOverride('input', name);
  }

  /**
   * Keeps in the state what is declared, for the next deploy to compare. Terraform writes it last, so a deploy that fails
   * leaves the note of the one before. To be called once everything else is in the stack.
   */
  protected note(declared: DeclaredGrants | DeclaredServer): void {
    const before = this.node.findAll().filter((each) => TerraformResource.isTerraformResource(each));
    const note = new DataResource(this, 'declared', { dependsOn: before });
    // As one text: Terraform would keep the type of an object beside it, as large as the object.
    note.addOverride('input', plainText(JSON.stringify(declared)));
  }

  /** Way from where Terraform runs to a path that starts from the deployment's folder; see {@link pathFromOutput}. */
  protected pathFromOutput(path: string): string {
    const way = pathFromOutput(this, this.folder);
    return way === '' ? path : `${way}/${path}`;
  }
}

/**
 * cdktf, which no longer changes, asks `util.isArray` about every output. Node of today warns of that (DEP0044) and may
 * drop it, and says what to ask instead: from here on that answers. Every other warning is still shown.
 */
function provideIsArray(): void {
  Object.assign(util, { isArray: Array.isArray });
}
