import { snippet } from '../fixtures/pages/code-block';

test('docs/tasks/deploy-to-an-existing-vault.md builds the plugin as plugin/README.md does, for another machine', () => {
  const built = snippet('docs/tasks/deploy-to-an-existing-vault.md', 'build');
  expect(built.replace('GOOS=linux GOARCH=amd64 ', '')).toBe(snippet('plugin/README.md', 'build'));
});
