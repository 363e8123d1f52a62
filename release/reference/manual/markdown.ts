import { anchorOf } from '../anchor';
import type { Block, Manual, Rows } from './manual';

/** The manual in Markdown, below a heading of the second level. */
export function toMarkdown({ program, summary, synopsis, sections }: Manual): string {
  return [
    `## ${program}`,
    escaped(summary),
    usage(synopsis),
    ...sections.flatMap(({ title, blocks }) => [`### ${title}`, ...blocks.flatMap(paragraphs)]),
  ].join('\n\n');
}

function paragraphs(block: Block): readonly string[] {
  switch (block.kind) {
    case 'text':
      return [escaped(block.text)];
    case 'rows':
      return titled(block.title, list(block.rows));
    case 'index':
      return titled(
        block.title,
        list(block.rows, (term) => `[${term}](#${anchorOf(term)})`),
      );
    case 'shared':
      return titled(block.title, sharedList(block.title, block.terms, block.own));
    case 'code':
      return block.title === 'Synopsis'
        ? [usage([block.text])]
        : titled(block.title, `\`\`\`text\n${block.text}\n\`\`\``);
    case 'examples':
      return titled('Examples', examples(block.rows));
  }
}

function usage(lines: readonly string[]): string {
  return `\`\`\`text\nUsage: ${lines.join('\n       ')}\n\`\`\``;
}

/** @returns nothing if there is no text */
function titled(title: string | undefined, text: string): readonly string[] {
  return text === '' ? [] : title === undefined ? [text] : [`**${title}**`, text];
}

function list(rows: Rows, termText = (term: string) => `\`${term}\``): string {
  return Object.entries(rows)
    .map(([term, meaning]) => `- ${termText(term)}: ${escaped(meaning)}`)
    .join('\n');
}

function sharedList(title: string, terms: readonly string[], own: Rows): string {
  const names = terms.map((term) => `\`${term}\``).join(', ');
  const link = `[${title}](#${anchorOf(title)})`;
  const shared = terms.length === 0 ? [] : [`- ${names}: see ${link}`];
  return [...shared, ...(Object.keys(own).length === 0 ? [] : [list(own)])].join('\n');
}

/** The test of the help parses each example. */
function examples(rows: Rows): string {
  const lines = Object.entries(rows).map(([line, meaning]) => `# ${meaning}\n${line}`);
  return `<!-- not run: a test parses each example of the help -->\n\n\`\`\`sh\n${lines.join('\n')}\n\`\`\``;
}

/** A placeholder such as `<credential>` is not an element of HTML. */
function escaped(text: string): string {
  return text.replaceAll('<', String.raw`\<`);
}
