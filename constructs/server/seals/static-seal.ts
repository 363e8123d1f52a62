import type { z } from 'zod';
import { ExplainedError } from '#core';
import { staticSeal } from '../../../lib/declaration/schema/server/seal-declaration';
import { Seal } from './seal';

export type StaticSealProps = Readonly<Omit<z.input<typeof staticSeal>, 'type'>>;

/**
 * OpenBao unseals itself with a key that lies next to it. As safe as the place of that key: whoever has the key and the
 * data has everything.
 *
 * @see https://openbao.org/docs/configuration/seal/static/
 */
export class StaticSeal extends Seal {
  override readonly products = ['openbao'] as const;

  constructor(props: StaticSealProps) {
    super('static', staticSeal.shape, props);
    const { currentKeyId, currentKey, previousKeyId, previousKey } = props;
    checkPlace('currentKey', currentKey);
    if ((previousKeyId === undefined) !== (previousKey === undefined)) {
      throw new ExplainedError(
        'seal "static" needs previousKeyId and previousKey together, got one; give both or none',
      );
    }
    if (previousKey !== undefined) {
      checkPlace('previousKey', previousKey);
    }
    if (previousKeyId === currentKeyId) {
      throw new ExplainedError(
        `seal "static" must have two names for two keys, got "${currentKeyId}" for both; give the new key a new name`,
      );
    }
  }
}

/** What is wrong is not repeated: it may be the key itself. */
function checkPlace(prop: string, place: string): void {
  if (!/^(?:file:\/\/\/.|env:\/\/.)/.test(place)) {
    throw new ExplainedError(
      `seal "static": ${prop} must say where the key is, not what it is; use "file:///absolute/path" or "env://VARIABLE"`,
    );
  }
}
