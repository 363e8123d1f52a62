import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { REFERENCES } from '../../../release/reference/references';

const PROJECT = resolve(__dirname, '../../..');

describe('the committed references', () => {
  // If it fails: run "npm run reference", and commit the files that it writes.
  it.each(REFERENCES)('equal what the sources give: $path', async ({ path, text }) => {
    expect(readFileSync(resolve(PROJECT, path), 'utf8')).toBe(await text());
  });
});
