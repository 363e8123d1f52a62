import { plainText } from '../../constructs/plain-text';

it.each([
  ['${found%% *}', '$${found%% *}'],
  ['%{ if x }', '%%{ if x }'],
  ['$${twice}', '$$${twice}'],
  ['$found $(date) 100% {a}', '$found $(date) 100% {a}'],
  ['${TfToken[TOKEN.3]}/${HOME}', '${TfToken[TOKEN.3]}/$${HOME}'],
])('of %j is %j', (text, expected) => {
  expect(plainText(text)).toBe(expected);
});
