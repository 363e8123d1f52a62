import { join } from 'node:path';
import { App } from 'cdktf';
import type { Deployment } from '../lib/declaration/schema/deployment';
import type { DeploymentStackProps } from './deployment-stack';
import { PROGRAM } from './output-path';
import { VaultServer } from './server/vault-server';
import { terraformWord } from './terraform-text';
import { WebexTokens } from './tokens/webex-tokens';

export interface SynthesisProps extends DeploymentStackProps {
  /** Folder of the synthesized stacks. @default - `CDKTF_OUTDIR`, or `cdktf.out` */
  readonly output?: string;
  /** Context of CDKTF's app. @default - none */
  readonly context?: Readonly<Record<string, string>>;
  /** Path of the main file of webex-token-vault, which provisioners run. @default - the one of this package */
  readonly program?: string;
  /** Deployment of stack `webex-tokens`. @default - the deployment */
  readonly inVault?: Deployment;
}

export interface SynthesizedStack {
  readonly name: string;
  /** Folder with the stack's `cdk.tf.json`. Terraform runs there. */
  readonly folder: string;
  /** Warnings, such as about a certificate that expires soon. */
  readonly warnings: readonly string[];
}

/**
 * Writes the Terraform JSON of a deployment without the command `cdktf`. The stacks and their order are the same as in `main.ts`,
 * which only a clone has.
 *
 * @returns the stacks in the order of their deployment
 * @throws ExplainedError if a file on this machine is missing or wrong
 */
export function synthesize(deployment: Deployment, props: SynthesisProps = {}): SynthesizedStack[] {
  // CDKTF reads a stack trace at each reference. With source maps, Node searches them for each line of the trace. With thousands of
  // apps, these searches took a tenth of the time.
  const { sourceMapsEnabled } = process;
  process.setSourceMapsEnabled(false);
  try {
    return synthesizeStacks(deployment, props);
  } finally {
    process.setSourceMapsEnabled(sourceMapsEnabled);
  }
}

function synthesizeStacks(
  deployment: Deployment,
  { output, program, context, inVault = deployment, ...props }: SynthesisProps,
): SynthesizedStack[] {
  const elsewhere = program === undefined ? {} : { [PROGRAM]: ['node', program].map(terraformWord).join(' ') };
  // The checks of CDKTF run `terraform version`, but a synth needs no Terraform.
  const app = new App({ skipValidation: true, outdir: output, context: { ...context, ...elsewhere } });
  const server = deployment.vault.server && new VaultServer(app, 'vault-server', deployment, props);
  const tokens = new WebexTokens(app, 'webex-tokens', inVault, props);
  if (server) {
    tokens.addDependency(server);
  }
  app.synth();
  return [...(server ? [server] : []), tokens].map((stack) => {
    const { workingDirectory, annotations } = app.manifest.forStack(stack);
    return {
      name: stack.node.id,
      folder: join(app.outdir, workingDirectory),
      warnings: annotations.map(({ message }) => message),
    };
  });
}
