import { join } from 'node:path';
import { App } from 'cdktf';
import type { Deployment } from '../lib/declaration/schema/deployment';
import type { DeploymentStackProps } from './deployment-stack';
import { VaultServer } from './server/vault-server';
import { WebexTokens } from './tokens/webex-tokens';

export interface SynthesisProps extends DeploymentStackProps {
  /** Folder of the synthesized stacks. @default - `CDKTF_OUTDIR`, or `cdktf.out` */
  readonly output?: string;
}

export interface SynthesizedStack {
  readonly name: string;
  /** Folder with its `cdk.tf.json`, where Terraform runs. */
  readonly folder: string;
  /** Warnings, such as about a certificate that expires soon. */
  readonly warnings: readonly string[];
}

/**
 * Writes the Terraform JSON of a deployment, for a program without the `cdktf` command. The stacks and their order are those
 * of `main.ts`, which only a clone has.
 *
 * @returns the stacks in the order of their deployment
 * @throws ExplainedError if a file of this machine is missing or wrong
 */
export function synthesize(deployment: Deployment, { output, ...props }: SynthesisProps = {}): SynthesizedStack[] {
  // CDKTF reads a stack trace at each reference, and source maps would be searched for each of its lines. That took a tenth
  // of the time for thousands of apps.
  const { sourceMapsEnabled } = process;
  process.setSourceMapsEnabled(false);
  try {
    return synthesizeStacks(deployment, output, props);
  } finally {
    process.setSourceMapsEnabled(sourceMapsEnabled);
  }
}

function synthesizeStacks(
  deployment: Deployment,
  output: string | undefined,
  props: DeploymentStackProps,
): SynthesizedStack[] {
  // CDKTF's own checks run `terraform version`, and a synth needs no Terraform.
  const app = new App({ skipValidation: true, outdir: output });
  const server = deployment.vault.server && new VaultServer(app, 'vault-server', deployment, props);
  const tokens = new WebexTokens(app, 'webex-tokens', deployment, props);
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
