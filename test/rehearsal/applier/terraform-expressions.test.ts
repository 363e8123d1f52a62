import { evaluate, references } from '../../../rehearsal/applier/terraform-expressions';

const values: Record<string, unknown> = { 'var.secret': null, 'vault_mount.engine.path': 'oauth2', 'a.b.list': [1, 2] };
const lookup = (reference: readonly string[]): unknown => values[reference.join('.')];

test('a string with a single reference becomes the referenced value of any type', () => {
  expect(evaluate({ x: '${var.secret}', y: ['${a.b.list}'] }, lookup)).toEqual({ x: null, y: [[1, 2]] });
});

test('a reference inside a string becomes part of the string', () => {
  expect(evaluate('path "${vault_mount.engine.path}/creds/x" {}', lookup)).toBe('path "oauth2/creds/x" {}');
});

test('an escaped template stays unchanged for the shell', () => {
  expect(evaluate('echo $${HOME} ${vault_mount.engine.path}', lookup)).toBe('echo ${HOME} oauth2');
});

test('a quoted string becomes its content, with references resolved', () => {
  expect(evaluate('${"path \\"${vault_mount.engine.path}\\" {\\n\\\\n}"}', lookup)).toBe('path "oauth2" {\n\\n}');
});

test.each(['"a" + "b"', '"\\u0041"', '"a"b"'])('the parser names the string %s that it refuses', (text) => {
  expect(() => evaluate(`\${${text}}`, lookup)).toThrow('does not know the expression');
});

test('the parser lists every reference below a value', () => {
  expect(references({ a: '${a.b.list}', b: ['x ${vault_mount.engine.path} ${var.secret}'] })).toEqual([
    ['a', 'b', 'list'],
    ['vault_mount', 'engine', 'path'],
    ['var', 'secret'],
  ]);
});

test.each(['upper(var.secret)', 'var.secret == null', 'a.b[0]', 'secret'])(
  'the parser names the expression "%s" that it refuses',
  (expression) => {
    expect(() => evaluate(`\${${expression}}`, lookup)).toThrow(`does not know the expression "${expression}"`);
  },
);
