import { z } from 'zod';
import { withDefaults } from '../../../../lib/declaration/schema/defaults';

const schema = z.strictObject({
  name: z.string().regex(/^[a-z]+$/),
  seconds: z.int().default(60),
  file: z.string().nullable().default('ca.pem'),
  image: z.string().optional(),
});

test('what is given stays, what is not is as the schema says', () => {
  expect(withDefaults(schema, { name: 'a', seconds: 0, file: null })).toEqual({ name: 'a', seconds: 0, file: null });
  expect(withDefaults(schema, { name: 'a', seconds: undefined })).toEqual({ name: 'a', seconds: 60, file: 'ca.pem' });
});

test('a reference that only Terraform knows is not looked at', () => {
  expect(withDefaults(schema, { name: '${vault_mount.engine.path}' }).name).toBe('${vault_mount.engine.path}');
});

test('what the schema does not have is left out', () => {
  const more = { name: 'a', engine: {} };
  expect(withDefaults(schema, more)).not.toHaveProperty('engine');
});
