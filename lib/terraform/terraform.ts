import { execFile } from 'node:child_process';
import { delimiter, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ExplainedError } from '#core';

/** First release with ephemeral variables in provisioners, which keep the client secret out of the state. */
const NEEDED = [1, 11] as const;

/** Variables that point Helm's provider, which ignores `KUBECONFIG`, to the cluster of `kubectl`. */
export function kubeconfigVariables(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const files = (env.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '');
  if (env.KUBE_CONFIG_PATHS || files.length === 0) {
    return {};
  }
  return { KUBE_CONFIG_PATHS: files.map((file) => resolve(file)).join(delimiter) };
}

const SILENT = { CHECKPOINT_DISABLE: '1' };

/** Terraform or OpenTofu on this machine. */
export class Terraform {
  private constructor(
    /** Name or path of the program. */
    readonly binary: string,
    /** Such as `Terraform 1.11.4`. */
    readonly title: string,
  ) {}

  /** Searches PATH for `TERRAFORM_BINARY_NAME`, or for `terraform`, then `tofu`. @throws ExplainedError for none */
  static async find(environment: NodeJS.ProcessEnv = process.env): Promise<Terraform> {
    const candidates = environment.TERRAFORM_BINARY_NAME ? [environment.TERRAFORM_BINARY_NAME] : ['terraform', 'tofu'];
    let reason = environment.TERRAFORM_BINARY_NAME
      ? `TERRAFORM_BINARY_NAME is "${environment.TERRAFORM_BINARY_NAME}", which is not on PATH or not Terraform or OpenTofu; correct it, or unset it`
      : `neither terraform nor tofu is on PATH; install Terraform or OpenTofu, ${NEEDED.join('.')} or newer`;
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

  environment(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
    return { ...environment, ...SILENT };
  }
}

async function versionOf(binary: string, env: NodeJS.ProcessEnv) {
  try {
    const { stdout } = await promisify(execFile)(binary, ['version'], { env: { ...env, ...SILENT, TF_CLI_ARGS: '' } });
    const said = /^(Terraform|OpenTofu) v(\S+)/m.exec(stdout);
    return said?.[1] && said[2] ? { product: said[1], number: said[2] } : undefined;
  } catch {
    return undefined;
  }
}
