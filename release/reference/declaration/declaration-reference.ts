import { anchorOf } from '../anchor';
import type { Reference } from '../reference';
import { chartValueNames } from './chart-value-names';
import { DECLARATION_SECTIONS, sectionOf } from './declaration-sections';
import { theDeclaration, type DeclaredField } from './declared-field';
import { defaultText } from './field-default';
import { rulesOf, typeText, unitOf } from './field-rule';

export const declarationReference: Reference = { path: 'docs/reference/declaration.md', text: page };

const INTRO = `# The declaration

This page lists every field of the declaration, which is a file such as \`deployment.ts\`. Editors show the same texts at the
fields. For declarations in JSON, [deployment.schema.json](deployment.schema.json) is the JSON Schema.

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
    `- Example: \`${name}: ${comment.example ?? ''}\``,
  ];
  const more = [
    ...(comment.see === undefined ? [] : [`See ${comment.see}.`]),
    ...(path === 'vault.server(kubernetes).values' ? [chartValueNames()] : []),
  ];
  return [`### \`${path}\``, comment.description, lines.join('\n'), ...more].join('\n\n');
}

/** @returns links to the sections that have the fields of a server or of a seal */
function kindsOf({ path, name, json }: DeclaredField): string[] {
  const kinds = DECLARATION_SECTIONS.filter(({ prefix }) => prefix === name || prefix.startsWith(`${path}(`));
  return json.oneOf === undefined ? [] : kinds.map(({ title }) => `- See: [${title}](#${anchorOf(title)})`);
}
