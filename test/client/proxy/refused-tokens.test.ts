import { CredentialReading } from '../../../core/src/vault/credential';
import { RefusedTokens } from '../../../client/src/proxy/refused-tokens';

function reading(accessToken: string): CredentialReading {
  return new CredentialReading({ data: { server: 'webex-myapp', access_token: accessToken, type: 'Bearer' } });
}

/** A Vault that has these tokens, in order. The last one stays. */
function tokensOf(...values: string[]) {
  const asked: string[] = [];
  const source = {
    token: () => Promise.resolve(reading((values.length > 1 ? values.shift() : values[0]) ?? '')),
    reject: (refused: CredentialReading) => void asked.push(refused.accessToken),
  };
  return { asked, source };
}

it('a refused token is replaced by the next one', async () => {
  const { asked, source } = tokensOf('second', 'third');
  const tokens = new RefusedTokens(source);
  expect((await tokens.next(reading('first'))).accessToken).toBe('second');
  expect((await tokens.next(reading('second'))).accessToken).toBe('third');
  expect(asked).toEqual(['first', 'second']);
});

it('Vault is asked again about a token that it has confirmed after ten seconds', async () => {
  let now = 0;
  const { asked, source } = tokensOf('same');
  const tokens = new RefusedTokens(source, () => now);
  for (now of [0, 1, 9_999]) {
    expect((await tokens.next(reading('same'))).accessToken).toBe('same');
  }
  expect(asked).toEqual(['same']);
  now = 10_000;
  await tokens.next(reading('same'));
  expect(asked).toEqual(['same', 'same']);
});
