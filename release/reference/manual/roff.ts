import type { Block, Manual, Rows, Section } from './manual';

/*
 * Man pages in the macros of man(7), which groff and mandoc render. The page has no date, so equal sources give equal pages.
 */

/** The manual as a man page of section 1. */
export function toRoff({ program, summary, synopsis, sections }: Manual, version: string): string {
  const purpose = `${summary.charAt(0).toLowerCase()}${summary.slice(1)}`.replace(/\.$/, '');
  return joined(
    `.TH ${program.toUpperCase()} 1 "" "${program} ${version}" "User Commands"`,
    // No hyphens within words and no wide gaps: a reader copies names.
    '.nh',
    '.ad l',
    '.SH NAME',
    text(`${program} - ${purpose}`),
    '.SH SYNOPSIS',
    verbatim(synopsis.join('\n')).replace(/^\.PP\n/, ''),
    ...sections.map((section) => sectionText(section, program)),
  );
}

function sectionText({ title, isCommand, blocks }: Section, program: string): string {
  const heading = isCommand ? `.SS ${escaped(`${program} ${title}`)}` : `.SH ${escaped(title.toUpperCase())}`;
  return joined(heading, joined(...blocks.map(blockText)).replace(/^\.PP\n/, ''));
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'text':
      return paragraph(block.text);
    case 'rows':
    case 'index':
      return titled(block.title, list(block.rows));
    case 'shared':
      return titled(block.title, sharedList(block.title, block.terms, block.own));
    case 'code':
      return titled(block.title, verbatim(block.text));
    case 'examples':
      return titled('Examples', examples(block.rows));
  }
}

/** @returns nothing if there is no text */
function titled(title: string | undefined, body: string): string {
  return body === '' || title === undefined ? body : joined('.PP', `\\fB${escaped(title)}\\fR`, body);
}

function list(rows: Rows): string {
  return joined(
    ...Object.entries(rows).map(([term, meaning]) => joined('.TP', `\\fB${escaped(term)}\\fR`, text(meaning))),
  );
}

function sharedList(title: string, terms: readonly string[], own: Rows): string {
  const shared = terms.length === 0 ? '' : paragraph(`${terms.join(', ')}: see ${title.toUpperCase()}.`);
  return joined(shared, list(own));
}

function examples(rows: Rows): string {
  return joined(...Object.entries(rows).map(([line, meaning]) => joined(paragraph(`${meaning}:`), verbatim(line))));
}

function paragraph(content: string): string {
  return joined('.PP', text(content));
}

/** Lines without filling, indented. */
function verbatim(content: string): string {
  return joined('.PP', '.RS 4', '.nf', content.split('\n').map(text).join('\n'), '.fi', '.RE');
}

/** A line that is no request, whatever it begins with. */
function text(line: string): string {
  return escaped(line).replace(/^(?=[.'])/, String.raw`\&`);
}

function escaped(content: string): string {
  return content.replaceAll('\\', String.raw`\e`).replaceAll('-', String.raw`\-`);
}

function joined(...lines: readonly string[]): string {
  return lines.filter((line) => line !== '').join('\n');
}
