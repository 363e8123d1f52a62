import { StaticSeal } from '../../../../constructs/server/seals/static-seal';

const KEY = 'c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U=';

describe('StaticSeal', () => {
  it('a static seal names the location of the key', () => {
    const seal = new StaticSeal({ currentKeyId: '2026-1', currentKey: 'env://SEAL_KEY' });
    expect(seal.stanza).toEqual({ current_key_id: '2026-1', current_key: 'env://SEAL_KEY' });
  });

  it('a static seal names the previous key during a key replacement', () => {
    const seal = new StaticSeal({
      currentKeyId: '2026-2',
      currentKey: 'file:///secrets/2026-2.key',
      previousKeyId: '2026-1',
      previousKey: 'file:///secrets/2026-1.key',
    });
    expect(seal.stanza).toMatchObject({ previous_key_id: '2026-1', previous_key: 'file:///secrets/2026-1.key' });
  });

  it.each([KEY, `file://${KEY}`, 'file://seal.key', 'env://'])(
    'a static seal refuses %s as the key without repeating it',
    (key) => {
      let message = '';
      try {
        new StaticSeal({ currentKeyId: '2026-1', currentKey: key });
      } catch (error) {
        message = String(error);
      }
      expect(message).toBe(
        'ExplainedError: seal "static": currentKey must say where the key is, not what it is; use "file:///absolute/path" or "env://VARIABLE"',
      );
    },
  );

  it('a static seal refuses one id for two keys', () => {
    const key = 'file:///secrets/seal.key';
    expect(
      () => new StaticSeal({ currentKeyId: 'a', currentKey: key, previousKeyId: 'a', previousKey: `${key}.old` }),
    ).toThrow('seal "static" must have two names for two keys, got "a" for both; give the new key a new name');
  });

  it('a static seal requires the id and the location of a previous key together', () => {
    expect(
      () => new StaticSeal({ currentKeyId: 'b', currentKey: 'env://KEY', previousKey: 'file:///secrets/old.key' }),
    ).toThrow('seal "static" needs previousKeyId and previousKey together, got one; give both or none');
  });
});
