import { z } from 'zod';
import { ENTRY_SECRET_ENVIRONMENT as NAMES } from '../../declaration/command-environment';
import { declaredSecrets, type DeclaredSecret, type SecretStep } from '../../declaration/derived/client-secret';
import { declaredConfiguration } from '../../declaration/derived/engine-configuration';
import { policyNameOf } from '../../declaration/derived/policy-names';
import type { LoadedDeployment } from '../../declaration/files/load-deployment';
import type { Deployment } from '../../declaration/schema/deployment';
import { refreshingOf } from '../../vault/engine-refreshing';
import { NO_END_SECONDS, STORING_SECONDS } from '../../vault/refresh-pause';
import { BAO_PROGRAM, baoProgram } from './bao-program';
import { ejectedReadme } from './ejected-readme';
import { withPolicyFiles } from './policy-files';
import { terraformFiles } from './terraform-files';

export interface EjectedConfiguration {
  /** Name of the stack, and of its folder. */
  readonly name: string;
  /** Terraform's JSON. */
  readonly configuration: Readonly<Record<string, unknown>>;
}

const inVault = z.object({
  variable: z.record(z.string(), z.object({ description: z.string(), default: z.string().nullish() })),
  resource: z.object({
    terraform_data: z.record(
      z.string(),
      z.object({
        input: z.union([z.string(), z.object({ step: z.string() })]).optional(),
        provisioner: z
          .array(z.object({ 'local-exec': z.object({ environment: z.record(z.string(), z.unknown()) }) }))
          .default([]),
      }),
    ),
  }),
});

type InVault = z.output<typeof inVault>;

/** Terraform's own files of the last runs, and its plans. Git should have the lock file of the providers. */
const GITIGNORE = '.terraform/\n*.tfstate*\n*.tfplan\n';

/** Texts of all files in the ejected folder, by their paths there. */
export function ejectedFiles(
  { deployment, name }: Pick<LoadedDeployment, 'deployment' | 'name'>,
  stacks: readonly EjectedConfiguration[],
): Record<string, string> {
  const files = stacks.flatMap((stack) => {
    const { configuration, files: policies } = withPolicyFiles(stack.configuration);
    return Object.entries({ ...terraformFiles(configuration), ...policies }).map(
      ([file, text]) => [`${stack.name}/${file}`, text] as const,
    );
  });
  return {
    'README.md': readme({ deployment, name }, stacks),
    '.gitignore': GITIGNORE,
    ...Object.fromEntries(files),
    [`webex-tokens/${BAO_PROGRAM}`]: baoProgram(pauseSeconds(deployment)),
  };
}

function readme(
  { deployment, name }: Pick<LoadedDeployment, 'deployment' | 'name'>,
  stacks: readonly EjectedConfiguration[],
): string {
  const { variable, resource } = inVault.parse(stacks.at(-1)?.configuration);
  const secrets = declaredSecrets(deployment).map((secret) => ({ ...secret, gate: gateOf(secret, resource) }));
  const written = secrets.map((secret) => secret.variable);
  const { backend } = deployment;
  return ejectedReadme({
    name,
    stacks: stacks.map((stack) => stack.name),
    state: backend === undefined ? 'a local file' : `backend \`${backend.type}\``,
    variables: Object.fromEntries(
      Object.entries(variable)
        .filter(([each]) => !written.includes(each))
        .map(([each, { description, default: value }]) => [each, { description, default: value ?? undefined }]),
    ),
    secrets,
    provisionerPolicy: policyNameOf(deployment.engine.mountPath, 'provisioner'),
  });
}

/** Address of the resource that checks the secret first. */
function gateOf({ variable }: DeclaredSecret, { terraform_data: resources }: InVault['resource']): string {
  const found = Object.entries(resources).find(
    ([, { input, provisioner }]) =>
      typeof input === 'object' &&
      input.step === ('gate' satisfies SecretStep['step']) &&
      provisioner.some((each) => each['local-exec'].environment[NAMES.variable] === `TF_VAR_${variable}`),
  );
  return `terraform_data.${found?.[0] ?? ''}`;
}

/** A refresh that runs while refreshing is paused takes so long at most. */
function pauseSeconds({ engine }: Deployment): number {
  const { longestRefreshSeconds = 0 } = refreshingOf(declaredConfiguration({ engine }));
  return Math.ceil(Math.max(longestRefreshSeconds, NO_END_SECONDS)) + STORING_SECONDS;
}
