import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { lexer } from 'marked';
import sentences from './sentences.cjs';

/*
 * Counts the words of the sentences of all pages: `npm run sentences`. It prints each sentence that breaks a rule, and then
 * exits with 1. Code, tables and headings do not count, but the cells of tables follow the rules.
 */

const { faultOf, sentencesOf, wordsOf } = sentences;

const pages = execFileSync('git', ['ls-files', '-z', '*.md'], { encoding: 'utf8' }).split('\0').filter(Boolean);
const counts = [];
let faults = 0;
for (const page of pages) {
  for (const { text, counted } of paragraphs(lexer(readFileSync(page, 'utf8')))) {
    for (const sentence of sentencesOf(text)) {
      if (counted) {
        counts.push(wordsOf(sentence));
      }
      const fault = faultOf(sentence, { anyCase: true });
      if (fault !== undefined) {
        faults += 1;
        console.log(`${page}: the sentence "${sentence.split(' ').slice(0, 8).join(' ')}" ${fault}.`);
      }
    }
  }
}
counts.sort((a, b) => a - b);
const share = (part) => counts[Math.ceil(counts.length * part) - 1];
console.log(
  `${pages.length} pages, ${counts.length} sentences: median ${share(0.5)} words, 95th percentile ${share(0.95)}, longest ${share(1)}; ${faults} findings`,
);
process.exitCode = faults === 0 ? 0 : 1;

/** @returns paragraphs and items of lists, and the cells of tables, which do not count */
function paragraphs(tokens) {
  return tokens.flatMap((token) => {
    switch (token.type) {
      case 'paragraph':
      case 'text':
        return [{ text: plain(token.tokens ?? [token]), counted: true }];
      case 'table':
        return [token.header, ...token.rows].flat().map(({ tokens }) => ({ text: plain(tokens), counted: false }));
      case 'list':
        return token.items.flatMap(({ tokens }) => paragraphs(tokens));
      case 'blockquote':
        return paragraphs(token.tokens);
      default:
        return [];
    }
  });
}

/** @returns the text without markup, in which a code span is one word */
function plain(tokens) {
  return tokens
    .map((token) => {
      switch (token.type) {
        case 'codespan':
          return 'code';
        case 'html':
        case 'image':
          return '';
        case 'br':
          return ' ';
        default:
          return token.tokens === undefined ? (token.text ?? '') : plain(token.tokens);
      }
    })
    .join('');
}
