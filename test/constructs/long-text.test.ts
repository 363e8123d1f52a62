import { longText } from '../../constructs/long-text';
import { evaluate } from '../../rehearsal/applier/expressions';

const lines = (count: number): string =>
  Array.from({ length: count }, (_, index) => `path "creds\\${index}" { # \${vault_mount.engine.path}`).join('\r\n');

it('leaves a text as it is that has fewer than a thousand lines', () => {
  expect(longText(lines(999))).toBe(lines(999));
});

it('puts one of a thousand lines in quotes, on one line', () => {
  const text = longText(lines(1000));
  expect(text).not.toContain('\n');
  expect(text).toMatch(/^\$\{"path \\"creds\\\\0\\" \{ # \$\{vault_mount\.engine\.path\}\\r\\npath /);
});

it('means the same, references and all', () => {
  const lookup = (): unknown => 'oauthapp';
  expect(evaluate(longText(lines(1000)), lookup)).toBe(evaluate(lines(1000), lookup));
});
