import { z } from 'zod';

/** Folder of the policies in the folder of their stack. */
const FOLDER = 'policies';

const withPolicies = z.looseObject({
  resource: z.looseObject({
    vault_policy: z.record(z.string(), z.looseObject({ name: z.string(), policy: z.string() })),
  }),
});

export interface PolicyFiles {
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Texts by their paths in the folder of the stack. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Puts each policy into a file of its own, because nobody can read or change one of a thousand lines in a text of JSON. Terraform reads
 * a file as one part, so a long one costs no time.
 */
export function withPolicyFiles(configuration: Readonly<Record<string, unknown>>): PolicyFiles {
  const parsed = withPolicies.safeParse(configuration).data;
  if (parsed === undefined) {
    return { configuration, files: {} };
  }
  const files: Record<string, string> = {};
  const policies = Object.entries(parsed.resource.vault_policy).map(([id, resource]) => {
    const text = plainPolicy(resource.policy);
    if (text === undefined) {
      return [id, resource] as const;
    }
    const file = `${FOLDER}/${resource.name}.hcl`;
    files[file] = text;
    return [id, { ...resource, policy: `\${file("\${path.module}/${file}")}` }] as const;
  });
  return {
    configuration: {
      ...configuration,
      resource: { ...parsed.resource, vault_policy: Object.fromEntries(policies) },
    },
    files,
  };
}

/** The text that Terraform would make of a policy. @returns undefined if it has an expression */
function plainPolicy(policy: string): string | undefined {
  const [, quoted] = /^\$\{"([^]*)"\}$/.exec(policy) ?? [];
  const text = quoted?.replace(/\\([\\"nr])/g, (_, letter: string) => QUOTED[letter] ?? letter) ?? policy;
  return /[$%]\{/.test(text) ? undefined : text;
}

const QUOTED: Readonly<Record<string, string>> = { n: '\n', r: '\r' };
