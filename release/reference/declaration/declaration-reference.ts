import { anchorOf } from '../anchor';
import type { Reference } from '../reference';
import { chartValueNames } from './chart-value-names';
import { DECLARATION_SECTIONS, sectionOf } from './declaration-sections';
import { theDeclaration, type DeclaredField } from './declared-field';
import { defaultText } from './field-default';
import { rulesOf, typeText, unitOf } from './field-rule';
import { yamlExample } from './yaml-example';

export const declarationReference: Reference = { path: 'docs/reference/declaration.md', text: page };

const INTRO = `# The declaration

This page lists every field of the declaration, which is the file \`deployment.ts\`, \`deployment.yaml\` or \`deployment.json\`, or
another file by \`--deployment\`. Editors show the same texts at the fields. For YAML and JSON,
[deployment.schema.json](deployment.schema.json) is the JSON Schema. [Declare in YAML or JSON](../tasks/declare-in-yaml.md) shows how
an editor finds it.

Every field can be written in YAML and JSON:

- An example is TypeScript. The line "In YAML" shows the same value if YAML writes it another way.
- In the place of a text of type \`string\`, \`{ env: NAME }\` is the value of an environment variable. \`{ env: NAME, default: TEXT }\`
  has a text for an unset variable. Without a default, an unset variable leaves the field out. Values of the chart take no reference.
- A PEM text is a block after \`|\`.
- Only TypeScript has code: \`readFileSync\`, functions, and references of CDKTF.

No field holds a secret, and \`{ env: NAME }\` reads none. The stacks and Terraform's state show the value of the variable.

\`[]\` in a path stands for each element of a list. A server has its mode in the path, and a seal its type:
\`vault.server(dev).port\` is the field \`port\` of \`vault.server\` if its \`mode\` is "dev".

The sources generate this page: run \`npm run reference\` after a change of \`lib/declaration/schema\`.`;

function page(): string {
  const { fields } = theDeclaration();
  const sections = DECLARATION_SECTIONS.map((section) => {
    const its = fields.filter(({ path }) => sectionOf(path) === section);
    return [`## ${section.title}`, ...(section.intro === undefined ? [] : [section.intro]), ...its.map(entry)].join(
      '\n\n',
    );
  });
  const contents = DECLARATION_SECTIONS.map(({ title }) => `- [${title}](#${anchorOf(title)})`).join('\n');
  return `${[INTRO, contents, ...sections].join('\n\n')}\n`;
}

function entry(field: DeclaredField): string {
  const { path, name, json, comment } = field;
  const unit = unitOf(field);
  const rules = rulesOf(field);
  const lines = [
    `- Type: \`${typeText(json)}\`${unit === undefined ? '' : `, in ${unit}`}`,
    `- Default: ${defaultText(field)}`,
    ...rules.map((rule) => `- Rule: ${rule}`),
    ...kindsOf(field),
    ...exampleLines(name, comment.example ?? ''),
  ];
  const more = [
    ...(comment.see === undefined ? [] : [`See ${comment.see}.`]),
    ...(path === 'vault.server(kubernetes).values' ? [chartValueNames()] : []),
  ];
  return [`### \`${path}\``, comment.description, lines.join('\n'), ...more].join('\n\n');
}

/** @returns the example in TypeScript, and in YAML if YAML writes it another way */
function exampleLines(name: string, example: string): string[] {
  const yaml = yamlExample(example);
  return [`- Example: \`${name}: ${example}\``, ...(yaml === example ? [] : [`- In YAML: \`${name}: ${yaml}\``])];
}

/** @returns links to the sections that have the fields of a server or of a seal */
function kindsOf({ path, name, json }: DeclaredField): string[] {
  const kinds = DECLARATION_SECTIONS.filter(({ prefix }) => prefix === name || prefix.startsWith(`${path}(`));
  return json.oneOf === undefined ? [] : kinds.map(({ title }) => `- See: [${title}](#${anchorOf(title)})`);
}
