import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pageText } from '../fixtures/pages/code-block';
import { PROJECT_FOLDER } from '../fixtures/runs/project-folder';

/* docs/tasks/troubleshooting.md quotes messages of the programs. Each of them is in the sources, so the page stays true. */

const SOURCES = ['core/src', 'client/src', 'lib', 'scripts'];

/** Texts of the source files. Backslashes are removed, because they only escape quotes in messages. */
const sources = SOURCES.flatMap((folder) =>
  readdirSync(join(PROJECT_FOLDER, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(PROJECT_FOLDER, folder, name), 'utf8').replaceAll('\\', '')),
);

/** The quoted messages: list items that consist of one code span. */
function quotedMessages(text: string): string[] {
  return [...text.matchAll(/^- `([^`]+)`$/gm)].map(([, message = '']) => message.replaceAll(/\s+/g, ' '));
}

/** Whether a source file has all parts of the message. The parts are separated by `...`. */
function isInSources(message: string): boolean {
  const parts = message.split('...').map((part) => part.trim());
  return sources.some((text) => parts.every((part) => text.includes(part)));
}

const messages = quotedMessages(pageText('docs/tasks/troubleshooting.md'));

it('the page quotes at least thirty messages, and each only once', () => {
  expect(messages.length).toBeGreaterThanOrEqual(30);
  expect(messages).toEqual([...new Set(messages)]);
});

it.each(messages)('the sources have the quoted message: %s', (message) => {
  expect(isInSources(message)).toBe(true);
});

it('the check finds a message that no source has', () => {
  expect(quotedMessages('- `it is sealed ... open it`\n')).toEqual(['it is sealed ... open it']);
  expect(isInSources('it is sealed ... open it')).toBe(false);
});
