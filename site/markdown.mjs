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

/** Two braces in a text are not an expression of Vue. */
export function keepBraces(markdown) {
  const { text } = markdown.renderer.rules;
  markdown.renderer.rules.text = (...args) => text(...args).replaceAll('{{', '&#123;&#123;');
}
