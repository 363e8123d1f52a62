import { shellWord } from '#core';
import { BAO_PROGRAM } from './bao-program';

/** A client secret that an apply writes. */
export interface ReadmeSecret {
  /** Such as `integration "webex-myapp"`. */
  readonly of: string;
  /** Ephemeral variable of Terraform. */
  readonly variable: string;
  /** Address of the resource whose replacement writes the secret. */
  readonly gate: string;
}

export interface ReadmeVariable {
  readonly description: string;
  /** @default - none: a plan needs a value */
  readonly default?: string;
}

export interface EjectedReadmeProps {
  /** Name of the deployment. */
  readonly name: string;
  /** Names of the stacks, in the order of their deployment. */
  readonly stacks: readonly string[];
  /** Place of the state, such as `a local file`. */
  readonly state: string;
  readonly variables: Readonly<Record<string, ReadmeVariable>>;
  readonly secrets: readonly ReadmeSecret[];
  /** Policy of the token that an apply of stack `webex-tokens` needs. */
  readonly provisionerPolicy: string;
}

/** README.md of the ejected folder, for somebody who knows Terraform and not this project. */
export function ejectedReadme(props: EjectedReadmeProps): string {
  const { name, stacks, state, variables, secrets, provisionerPolicy } = props;
  return `# Terraform of deployment "${name}"

\`webex-token-vault eject\` wrote this folder: ${stacks.map((stack) => `\`${stack}/\``).join(' and ')}, plain Terraform in JSON. It needs no CDKTF and no TypeScript. Its
resources have the addresses of the deployed stacks, and its state is theirs (${state}). If the declaration was deployed, the first
plan shows no change. No secret is in this folder.

You need:

- Terraform or OpenTofu 1.11 or later
- a Vault token with policy \`${provisionerPolicy}\`, or a token of an administrator
- \`webex-token-vault\`, or \`bao\` or \`vault\`, to write client secrets

## Plan and apply

\`\`\`sh
${stacks.map((stack) => `terraform -chdir=${stack} init`).join('\n')}
read -rs VAULT_TOKEN && export VAULT_TOKEN # run this line alone, then paste the token
${stacks.map((stack) => `terraform -chdir=${stack} plan`).join('\n')}
\`\`\`

In the folder of the declaration, \`webex-token-vault exec provisioner -- terraform ...\` logs in for one command.

Apply with \`terraform -chdir=${stacks.at(-1) ?? ''} apply\`. From now on change the deployment here only: \`webex-token-vault deploy\` would undo
your changes. Its other commands, such as \`authorize\` and \`status\`, still read the declaration, so keep that in step.

## Variables

${variableTable(variables)}

Set a variable in \`webex-tokens/terraform.tfvars\`, or as \`TF_VAR_<name>\`. The address of Vault is in the provider, so \`VAULT_ADDR\`
does not replace it.

## Write a client secret

A client secret is in no file, state or plan. An apply needs it if it creates or changes the entry, and if you replace the
resource that guards the entry. Terraform takes the secret from an ephemeral variable, and passes it to a program in its
environment. The program writes it to Vault.

| client secret | variable | resource to replace |
| --- | --- | --- |
${secrets.map(({ of, variable, gate }) => `| ${of} | \`TF_VAR_${variable}\` | \`${gate}\` |`).join('\n')}

${secrets.slice(0, 1).map(writing).join('')}The program is \`webex-token-vault\`, at the path in variable \`program\`. If it is on PATH, set \`program = "webex-token-vault"\`.

With \`bao\` alone, set \`program = "sh ./${BAO_PROGRAM}"\`. The script needs \`bao\` on PATH. For \`vault\`, run \`export BAO=vault\`. Its main line
writes the entry, with the secret in a pipe and not in an argument list:

\`\`\`sh
printf %s "$ENTRY_SECRET" | bao write "$ENTRY_PATH" @fields.json "$ENTRY_SECRET_FIELD=-"
\`\`\`

Terraform hides the output of these programs, because their environment has a secret. If a step "gate" fails, its variable is not
set.

## Know the rest

- Each policy is a file in \`webex-tokens/policies/\`.
- \`terraform_data.deployment\` keeps another deployment from using this state.
- \`terraform_data.declared\` is a note for \`webex-token-vault deploy\`. If you do not go back to that command, remove the resource.
- Blocks \`import\`, \`moved\` and \`removed\` do nothing once they are applied. Remove them then, if you like.
`;
}

function variableTable(variables: Readonly<Record<string, ReadmeVariable>>): string {
  const rows = Object.entries(variables).map(([name, { description, default: value }]) => {
    const shown = value === undefined ? 'none' : `\`${value.replaceAll('|', String.raw`\|`)}\``;
    return `| \`${name}\` | ${description} | ${shown} |`;
  });
  return ['| variable | meaning | default |', '| --- | --- | --- |', ...rows].join('\n');
}

function writing({ variable, gate }: ReadmeSecret): string {
  return `\`\`\`sh
read -rs TF_VAR_${variable} && export TF_VAR_${variable} # run this line alone, then paste the secret
terraform -chdir=webex-tokens apply -replace=${shellWord(gate)}
\`\`\`

`;
}
