import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { anchorOf } from '../../release/reference/anchor';
import { PAGES, pageText } from '../fixtures/pages/code-block';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';

/* The links between pages, with the headings that they name. */

/** Anchors of the headings, as GitHub makes them. A repeated heading gets a number. */
function anchorsOf(text: string): string[] {
  const counts = new Map<string, number>();
  return [...text.replaceAll(/^ *```[^]*?^ *```$/gm, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => {
    const slug = anchorOf(heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1'));
    const count = counts.get(slug) ?? 0;
    counts.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

function brokenLinks(page: string, text: string): string[] {
  return [...text.matchAll(/\]\((?!\w+:)([^)\s#]*)(?:#([^)\s]+))?\)/g)]
    .filter(([, path = '', anchor]) => {
      const target = path === '' ? page : join(dirname(page), path);
      const isBroken = !existsSync(join(PROJECT_FOLDER, target));
      return (
        isBroken || (anchor !== undefined && target.endsWith('.md') && !anchorsOf(pageText(target)).includes(anchor))
      );
    })
    .map(([link]) => link);
}

it.each(PAGES)('every link in %s leads to a file, and to a heading of it', (page) => {
  expect(brokenLinks(page, pageText(page))).toEqual([]);
});

it('the check finds a missing file and a missing heading', () => {
  const text = '[a](README.md#install) [b](nowhere.md) [c](README.md#nowhere) [d](https://example.com/x.md)';
  expect(brokenLinks('CONTRIBUTING.md', text)).toEqual(['](nowhere.md)', '](README.md#nowhere)']);
});
