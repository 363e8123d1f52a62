import { NotPermitted, TemporarilyUnavailable } from '../../../core/src/vault/credential-errors';
import { ExplainedError } from '../../../core/src/explained-error';
import { claimsOf, requireJwt } from '../../../client/src/login/jwt';
import { githubIdToken } from '../../../client/src/login/github-id-token';
import { oneLine } from '../../../core/src/safe-text';
import fc from 'fast-check';
import { anyJson, anyReply } from '../../fixtures/arbitrary/any-reply';
import { MemoryNetwork } from '../../fixtures/loopback/memory-network';
import { property } from '../../fixtures/arbitrary/property';
import { expectHidden, fieldIn } from '../../fixtures/results/shown';
import { outcomeOf, useVirtualTime } from '../../fixtures/clocks/virtual-time';

const BEARER = 'the-token-of-the-job';
const ORIGIN = 'http://127.0.0.1:9';
const LONGEST_MS = 30_000 * 7;

useVirtualTime();

property(
  'whatever GitHub answers, it is the token that stood there, or a documented error without the token of the job',
  anyReply({ good: [{ value: 'the-id-token', count: 1 }] }),
  async (reply) => {
    using network = new MemoryNetwork(() => reply.to([BEARER]));
    const ask = githubIdToken('vault', {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${ORIGIN}/token?api=1`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: BEARER,
    });
    const { value, error, elapsedMs } = await outcomeOf(ask);
    if (value !== undefined) {
      expect(value).toBe(fieldIn(reply.bodyTo([BEARER]), 'value'));
    } else {
      expect([NotPermitted, TemporarilyUnavailable, ExplainedError]).toContain((error as Error).constructor);
      expectHidden([BEARER, 'the-id-token'], error);
    }
    expect(network.elsewhere(ORIGIN)).toEqual([]);
    expect(network.asked.map((each) => each.path)).toEqual(['/token?api=1&audience=vault']);
    expect(elapsedMs).toBeLessThanOrEqual(LONGEST_MS);
    jest.clearAllTimers();
  },
);

const part = fc.oneof(
  anyJson.map((json) => Buffer.from(JSON.stringify(json)).toString('base64url')),
  fc
    .record({ exp: anyJson, aud: anyJson, iss: anyJson, alg: anyJson }, { requiredKeys: [] })
    .map((json) => Buffer.from(JSON.stringify(json)).toString('base64url')),
  fc.string(),
);

property(
  'whatever an issuer gives as a JWT is taken as one or refused without being repeated, and its claims can be shown',
  fc.array(part, { maxLength: 4 }).map((parts) => parts.join('.')),
  (text) => {
    const { expireTime, audience = '', issuer = '' } = claimsOf(text);
    expect(expireTime?.toISOString() ?? 'Z').toMatch(/Z$/);
    expect([audience, issuer].filter((each) => each.length > 122 || each !== oneLine(each))).toEqual([]);
    try {
      expect(requireJwt(text, 'VAULT_JWT holds')).toBe(text.trim());
    } catch (error) {
      expect((error as Error).constructor).toBe(ExplainedError);
      expect((error as Error).message).toMatch(/^VAULT_JWT holds (?:nothing|a text that is not a JWT)/);
    }
  },
);
