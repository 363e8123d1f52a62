import { evaluate, evaluateCondition, references } from '../../../rehearsal/applier/terraform-expressions';

const values: Record<string, unknown> = { 'var.secret': null, 'vault_mount.engine.path': 'oauth2', 'a.b.list': [1, 2] };
const lookup = (reference: readonly string[]): unknown => values[reference.join('.')];

test('a text that is one reference becomes the value, whatever its type', () => {
  expect(evaluate({ x: '${var.secret}', y: ['${a.b.list}'] }, lookup)).toEqual({ x: null, y: [[1, 2]] });
});

test('a reference inside a text becomes part of it', () => {
  expect(evaluate('path "${vault_mount.engine.path}/creds/x" {}', lookup)).toBe('path "oauth2/creds/x" {}');
});

test('an escaped template is left for the shell', () => {
  expect(evaluate('echo $${HOME} ${vault_mount.engine.path}', lookup)).toBe('echo ${HOME} oauth2');
});

test('a text in quotes is what is in them, with the references that are inside', () => {
  expect(evaluate('${"path \\"${vault_mount.engine.path}\\" {\\n\\\\n}"}', lookup)).toBe('path "oauth2" {\n\\n}');
});

test.each(['"a" + "b"', '"\\u0041"', '"a"b"'])('refuses the text %s by name', (text) => {
  expect(() => evaluate(`\${${text}}`, lookup)).toThrow('does not know the expression');
});

test('lists every reference below a value', () => {
  expect(references({ a: '${a.b.list}', b: ['x ${vault_mount.engine.path} ${var.secret}'] })).toEqual([
    ['a', 'b', 'list'],
    ['vault_mount', 'engine', 'path'],
    ['var', 'secret'],
  ]);
});

test.each(['upper(var.secret)', 'var.secret == null', 'a.b[0]', 'secret'])(
  'refuses the expression "%s" by name',
  (expression) => {
    expect(() => evaluate(`\${${expression}}`, lookup)).toThrow(`does not know the expression "${expression}"`);
  },
);

test('a condition compares a reference with a text', () => {
  expect(evaluateCondition('${vault_mount.engine.path == "oauth2"}', lookup)).toBe(true);
  expect(evaluateCondition('${vault_mount.engine.path == "oauth"}', lookup)).toBe(false);
});

test.each(['${a.b != "x"}', '${a.b == c.d}', '${a.b == "x" || true}', '${a.b == "${c.d}"}', 'a.b == "x"'])(
  'refuses the condition %s by name',
  (condition) => {
    expect(() => evaluateCondition(condition, lookup)).toThrow(`does not know the expression "${condition}"`);
  },
);
