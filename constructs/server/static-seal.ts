import { ExplainedError } from 'webex-token-client/core';
import { Seal } from './seal';

export interface StaticSealProps {
  /** Name of the key, for ever: another key needs another name. */
  readonly currentKeyId: string;
  /** Where the server finds the 32-byte key: `file:///...`, or `env://...` for a variable of its environment. */
  readonly currentKey: string;
  /** Name of the key before it, until the server has started once with both. @default - none */
  readonly previousKeyId?: string;
  /** Where the server finds that key. @default - none */
  readonly previousKey?: string;
}

/**
 * OpenBao unseals itself with a key that lies next to it. As safe as the place of that key: whoever has the key and the
 * data has everything.
 *
 * @see https://openbao.org/docs/configuration/seal/static/
 */
export class StaticSeal extends Seal {
  override readonly flavours = ['openbao'] as const;

  constructor(props: StaticSealProps) {
    super('static', props, {
      required: ['current_key_id', 'current_key'],
      optional: ['previous_key_id', 'previous_key'],
    });
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
