import { manifestFile } from '../../../../lib/apps/delivery/manifest';

it('keeps a comment on its line, whatever is told in it', () => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
  expect(manifestFile(['one\nline: 1'], [{ object, comment: ['two\rlines: 2'] }])).toBe(
    '# one line: 1\n---\n# two lines: 2\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n',
  );
});

it('escapes the control characters that YAML has no room for, and yaml leaves as they are', () => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { text: 'a\u007fb\u0085c' } };
  expect(manifestFile([], [{ object }])).toContain('  text: "a\\x7fb\\x85c"\n');
});
