import { manifestFile } from '../../../lib/delivery/manifest';

it('keeps a comment on its line, whatever is told in it', () => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
  expect(manifestFile(['one\nline: 1'], [{ object, comment: ['two\rlines: 2'] }])).toBe(
    '# one line: 1\n---\n# two lines: 2\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n',
  );
});
