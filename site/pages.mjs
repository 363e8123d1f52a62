import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';

/** Top-level folders with pages. Pages at the top level are included, too. */
const FOLDERS = ['bench', 'client', 'docs', 'plugin', 'test'];

/** Pages that no folder of a section holds. */
const FURTHER = {
  reference: ['client/README.md', 'plugin/README.md'],
  explanation: ['docs/design.md'],
  project: ['CHANGELOG.md', 'SECURITY.md', 'CONTRIBUTING.md', 'bench/README.md', 'test/fixtures/README.md'],
};

/** Patterns of all Markdown files that are not pages. */
export function excludedFrom(root) {
  const others = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !FOLDERS.includes(entry.name))
    .map(({ name }) => `${name}/**`);
  return [...others, '**/node_modules/**', '**/dist/**'];
}

/** @param {string} path relative to the repository */
export function isPage(path) {
  return /\.md$/.test(path) && (!path.includes('/') || FOLDERS.includes(path.split('/')[0]));
}

/** The page of a folder is its README. */
export function addressOf(page) {
  return page.replace(/(^|\/)README\.md$/, '$1index.md');
}

/** The menu, by the four kinds of documentation. The order of the tasks is that of their links in docs/README.md. */
export function sidebarOf(root) {
  const entry = (page) => ({
    text: titleOf(join(root, page)),
    link: `/${addressOf(page).replace(/(index)?\.md$/, '')}`,
  });
  const present = (pages) => pages.filter((page) => existsSync(join(root, page)));
  const start = existsSync(join(root, 'docs/README.md')) ? readFileSync(join(root, 'docs/README.md'), 'utf8') : '';
  const pagesIn = (folder) => {
    const position = (page) => {
      const index = start.indexOf(`(${page.slice('docs/'.length)}`);
      return index < 0 ? Number.POSITIVE_INFINITY : index;
    };
    return (existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : [])
      .filter((name) => name.endsWith('.md'))
      .sort()
      .map((name) => `${folder}/${name}`)
      .sort((a, b) => (position(a) === position(b) ? 0 : position(a) - position(b)));
  };
  const section = (text, pages) => ({ text, items: present(pages).map(entry) });
  return [
    section('Start', ['README.md', 'docs/README.md', 'docs/tutorial.md']),
    section('Tasks', pagesIn('docs/tasks')),
    section('Reference', [...pagesIn('docs/reference'), ...FURTHER.reference]),
    section('Explanation', [...pagesIn('docs/explanation'), ...FURTHER.explanation]),
    section('Project', FURTHER.project),
  ].filter(({ items }) => items.length > 0);
}

function titleOf(file) {
  const [, title = file] = /^# (.+)$/m.exec(readFileSync(file, 'utf8')) ?? [];
  return title.replace(/`/g, '');
}
