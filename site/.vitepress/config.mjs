import { slug } from 'github-slugger';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { keepBraces, keepOptionsWhole, repositoryLinks } from '../markdown.mjs';
import { addressOf, excludedFrom, sidebarOf } from '../pages.mjs';

/** The site shows the pages of the repository. `SITE_PAGES` names another folder, for tests. */
const root = process.env.SITE_PAGES ?? fileURLToPath(new URL('../..', import.meta.url));

export default defineConfig({
  title: 'webex-token-vault',
  description: 'Keeps Webex OAuth grants in Vault or OpenBao.',
  lang: 'en-US',
  srcDir: root,
  srcExclude: excludedFrom(root),
  outDir: process.env.SITE_OUTPUT ?? fileURLToPath(new URL('../dist', import.meta.url)),
  rewrites: addressOf,
  // site/dead-links.mjs reports all of them, and dead anchors.
  ignoreDeadLinks: true,
  // Without an icon, a browser requests /favicon.ico.
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  markdown: {
    anchor: { slugify: slug },
    // The default themes are too pale to read.
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    languageAlias: { crontab: 'shellscript' },
    config(markdown) {
      repositoryLinks(markdown, root);
      keepBraces(markdown);
      keepOptionsWhole(markdown);
    },
  },
  vite: {
    plugins: [
      {
        // Pages import Vue, and no folder above them has that package.
        name: 'packages-of-the-site',
        enforce: 'pre',
        resolveId(id, importer, options) {
          return /^vue(?:\/|$)/.test(id) && importer?.endsWith('.md')
            ? this.resolve(id, fileURLToPath(import.meta.url), { ...options, skipSelf: true })
            : undefined;
        },
      },
    ],
  },
  themeConfig: {
    sidebar: sidebarOf(root),
    outline: [2, 3],
    search: { provider: 'local' },
  },
});
