import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const LINK = /<a\b[^>]*?\shref="([^"]*)"/g;
const ID = /\sid="([^"]*)"/g;

/**
 * The links of a built site whose page or anchor is missing. VitePress itself checks no anchors.
 *
 * @param {string} folder the built site
 * @param {string} base the path of the site at its host
 * @returns {string[]} one line for each
 */
export function deadLinks(folder, base = '/') {
  const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.html'));
  const texts = new Map(pages.map((page) => [page, readFileSync(join(folder, page), 'utf8')]));
  const idsOf = (page) => new Set(Array.from(texts.get(page).matchAll(ID), ([, id]) => id));
  const ids = new Map(pages.map((page) => [page, idsOf(page)]));
  return pages.flatMap((page) =>
    Array.from(texts.get(page).matchAll(LINK), ([, href]) => href)
      .filter((href) => !/^(?:[a-z]+:|\/\/)/i.test(href))
      .flatMap((href) => {
        const url = new URL(href.replaceAll('&amp;', '&'), `http://site${base}${page}`);
        const path = decodeURIComponent(url.pathname)
          .slice(base.length)
          .replace(/(^|\/)$/, '$1index.html');
        const anchor = decodeURIComponent(url.hash.slice(1));
        if (!ids.has(path)) {
          return existsSync(join(folder, path)) ? [] : [`${page} links to ${href}, and there is no such page`];
        }
        return anchor === '' || ids.get(path).has(anchor)
          ? []
          : [`${page} links to ${href}, and ${path} has no heading with that anchor`];
      }),
  );
}
