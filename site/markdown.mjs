import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { addressOf, isPage } from './pages.mjs';

/*
 * Changes to Markdown-it, so that pages that are written for the repository work as a site.
 */

/**
 * A link to a page leads to its address on the site. A link to any other file of the repository becomes plain text, because
 * the site has only pages.
 */
export function repositoryLinks(markdown, root) {
  markdown.core.ruler.push('repository-links', ({ tokens, env }) => {
    const page = env.realPath ?? env.path;
    for (const { children } of tokens) {
      for (const [index, token] of (children ?? []).entries()) {
        if (token.type === 'link_open') {
          const target = targetOf(token.attrGet('href'), page, root);
          if (target === undefined) {
            dropLink(children, index);
          } else {
            token.attrSet('href', target);
          }
        }
      }
    }
  });
}

/** @returns undefined for a file that is not a page */
function targetOf(href, page, root) {
  if (/^(?:[a-z]+:|#|\/\/)/i.test(href)) {
    return href;
  }
  const [, path, anchor] = /^([^#]*)(.*)$/.exec(href);
  const file = resolve(dirname(page), decodeURIComponent(path));
  if (!existsSync(file)) {
    // The check of the built site reports it, with all other dead links.
    return href;
  }
  const readme = statSync(file).isDirectory() ? join(file, 'README.md') : file;
  const target = relative(root, readme);
  return existsSync(readme) && isPage(target) ? `/${addressOf(target)}${anchor}` : undefined;
}

function dropLink(tokens, open) {
  const close = tokens.findIndex(({ type }, index) => index > open && type === 'link_close');
  for (const index of [open, close]) {
    Object.assign(tokens[index], { type: 'text', tag: '', attrs: null, content: '', nesting: 0 });
  }
}

/** Longest word that a phone shows in one line, within a list. */
const LONGEST_WHOLE_WORD = 24;

/** A browser breaks a line after each hyphen, so `--label` would be on two lines. */
export function keepOptionsWhole(markdown) {
  const code = markdown.renderer.rules.code_inline;
  markdown.renderer.rules.code_inline = (...args) =>
    code(...args).replace(/>([^<]+)</, (_, text) => `>${text.split(' ').map(whole).join(' ')}<`);
}

function whole(word) {
  return word.includes('-') && word.length <= LONGEST_WHOLE_WORD ? `<span class="whole">${word}</span>` : word;
}

/** Two braces in a text are not an expression of Vue. */
export function keepBraces(markdown) {
  const { text } = markdown.renderer.rules;
  markdown.renderer.rules.text = (...args) => text(...args).replaceAll('{{', '&#123;&#123;');
}
