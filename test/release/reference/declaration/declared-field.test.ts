import { rootCertificates } from 'node:tls';
import { runInNewContext } from 'node:vm';
import { z } from 'zod';
import { rules } from '../../../../lib/declaration/schema/rules';
import { anchorOf } from '../../../../release/reference/anchor';
import { DECLARATION_SECTIONS, sectionOf } from '../../../../release/reference/declaration/declaration-sections';
import { theDeclaration, type DeclaredField } from '../../../../release/reference/declaration/declared-field';
import { hasDefaultsOfItsFields, statedDefault } from '../../../../release/reference/declaration/field-default';
import { innerSchemas } from '../../../../release/reference/declaration/field-rule';
import { JwtIssuer } from '../../../fixtures/identities/jwt-issuer';

const { fields } = theDeclaration();
const { publicKeyPem } = new JwtIssuer();
const [caPem] = rootCertificates;

/** A TypeScript value, as a tag of a doc comment has it. It may read a PEM file. */
function valueOf(text: string): unknown {
  return runInNewContext(`(${text})`, {
    readFileSync: (path: string) => (path.endsWith('-key.pem') ? publicKeyPem : caPem),
  });
}

function pathsOf(found: readonly DeclaredField[]): string[] {
  return found.map(({ path }) => path);
}

describe('the doc comments of the declaration', () => {
  it('every field has a description', () => {
    expect(pathsOf(fields.filter(({ comment }) => comment.description === ''))).toEqual([]);
  });

  it('every field has an example that its schema accepts', () => {
    const refused = fields.filter(({ comment: { example }, schema }) => {
      return example === undefined || !z.safeParse(schema, valueOf(example)).success;
    });
    expect(pathsOf(refused)).toEqual([]);
  });

  it('an example differs from the default', () => {
    const same = fields.filter(({ comment: { example = '' }, json }) => {
      return json.default !== undefined && JSON.stringify(valueOf(example)) === JSON.stringify(json.default);
    });
    expect(pathsOf(same)).toEqual([]);
  });

  it('a stated default is that of the schema, and words if the schema has none', () => {
    const wrong = fields.filter((field) => {
      const stated = statedDefault(field);
      if (field.isRequired || hasDefaultsOfItsFields(field)) {
        return stated !== undefined;
      }
      return field.json.default === undefined
        ? stated?.kind !== 'words'
        : stated?.kind !== 'literal' || JSON.stringify(valueOf(stated.literal)) !== JSON.stringify(field.json.default);
    });
    expect(pathsOf(wrong)).toEqual([]);
  });

  it('a schema that checks values by code or by a pattern states its rule', () => {
    const unstated = fields.filter(
      ({ schema }) => schemasIn(schema).some(isChecked) && !schemasIn(schema).some(hasRule),
    );
    expect(pathsOf(unstated)).toEqual([]);
  });
});

describe('the page of the declaration', () => {
  it('every field is in a section', () => {
    expect(pathsOf(fields.filter(({ path }) => sectionOf(path) === undefined))).toEqual([]);
  });

  it('every heading has an anchor of its own', () => {
    const titles = DECLARATION_SECTIONS.map(({ title }) => title);
    const anchors = [...titles, ...pathsOf(fields)].map(anchorOf);
    expect(anchors.filter((anchor, index) => anchors.indexOf(anchor) !== index)).toEqual([]);
  });
});

function schemasIn(schema: z.core.$ZodType): z.core.$ZodType[] {
  return [schema, ...innerSchemas(schema).flatMap(schemasIn)];
}

function isChecked(schema: z.core.$ZodType): boolean {
  return (schema._zod.def.checks ?? []).some(({ _zod: { def } }) => {
    return def.check === 'custom' || ('format' in def && def.format === 'regex');
  });
}

function hasRule(schema: z.core.$ZodType): boolean {
  return rules.has(schema);
}
