import fc from 'fast-check';
import { z } from 'zod';
import { DeclaredValue } from '../../../../../lib/declaration/files/formats/declared-value';
import { jsonDocument } from '../../../../../lib/declaration/files/formats/json-document';
import { yamlDocument } from '../../../../../lib/declaration/files/formats/yaml-document';
import { property } from '../../../../fixtures/arbitrary/property';

function valueOf(document: ReturnType<typeof jsonDocument>): unknown {
  return new DeclaredValue(document.root, z.any(), {}).value;
}

const json = fc.jsonValue({ maxDepth: 6 }).map((value) => JSON.stringify(value, undefined, 1));

property('a JSON text has the value that JSON.parse reads', json, (text) => {
  expect(valueOf(jsonDocument(text, 'x'))).toEqual(JSON.parse(text));
});

property('a JSON text is YAML with the same value', fc.json({ stringUnit: 'grapheme-ascii' }), (text) => {
  expect(valueOf(yamlDocument(text, 'x'))).toEqual(JSON.parse(text));
});

/** JSON with one character too many, too few, or another one. */
const broken = fc
  .tuple(json, fc.nat(), fc.nat(1), fc.constantFrom('', '{', ']', ',', '"', '\\', '-', '0', 'e', ' ', '\n', '\u0001'))
  .map(([text, at, removed, added]) => {
    const index = at % (text.length + 1);
    return text.slice(0, index) + added + text.slice(index + removed);
  });

property('a broken text is refused with a place exactly if JSON.parse refuses it', broken, (text) => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    expect(() => jsonDocument(text, 'x')).toThrow(/^x: line \d+, column \d+: this is not JSON: /);
    return;
  }
  expect(valueOf(jsonDocument(text, 'x'))).toEqual(parsed);
});

property('any text is YAML, or is refused with a place', fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
  try {
    valueOf(yamlDocument(text, 'x'));
  } catch (error) {
    expect((error as Error).message).toMatch(/^x: line \d+, column \d+: /);
  }
});
