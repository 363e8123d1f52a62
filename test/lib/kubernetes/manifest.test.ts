import { manifestFile } from '../../../lib/kubernetes/manifest';

it('a comment stays on its line, whatever its text is', () => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
  expect(manifestFile(['one\nline: 1'], [{ object, comment: ['two\rlines: 2'] }])).toBe(
    '# one line: 1\n---\n# two lines: 2\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n',
  );
});

it('the manifest escapes control characters that YAML does not allow', () => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { text: 'a\u007fb\u0085c' } };
  expect(manifestFile([], [{ object }])).toContain('  text: "a\\x7fb\\x85c"\n');
});
