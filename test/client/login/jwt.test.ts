import { claimsOf, requireJwt } from '../../../client/src/login/jwt';
import { JwtIssuer } from '../../fixtures/identities/jwt-issuer';

const issuer = new JwtIssuer();

describe('requireJwt', () => {
  it('requireJwt strips white space around the token', () => {
    const jwt = issuer.token();
    expect(requireJwt(`\n${jwt}\n`, 'VAULT_JWT holds')).toBe(jwt);
  });

  it.each([
    ['nothing', ' \n', /^VAULT_JWT holds nothing, .*; check that its issuer writes it there$/],
    ['another secret', 's.hushhushhushhush', /^VAULT_JWT holds a text that is not a JWT, .*; put only the token/],
    ['three parts of something else', 'hush.hush.hush', /not a JWT/],
    ['JSON around it', JSON.stringify({ value: 'hush' }), /not a JWT/],
    ['a header without an algorithm', `${Buffer.from('{}').toString('base64url')}.hush.hush`, /not a JWT/],
  ])('requireJwt refuses %s without repeating it', (_, text, message) => {
    const refused = () => requireJwt(text, 'VAULT_JWT holds');
    expect(refused).toThrow(message);
    expect(refused).not.toThrow(/hush/);
  });
});

describe('claimsOf', () => {
  it('claimsOf reads the expiry, the audience and the issuer', () => {
    expect(claimsOf(issuer.token({ exp: 1_893_553_445, aud: ['one', 'two'] }))).toEqual({
      expireTime: new Date('2030-01-02T03:04:05Z'),
      audience: '"one", "two"',
      issuer: '"https://issuer.test"',
    });
  });

  it.each([
    ['without them', issuer.token({ exp: undefined, aud: undefined, iss: undefined })],
    ['with others than they may be', issuer.token({ exp: 'soon', aud: 7, iss: {} })],
    ['with a time that no date has', issuer.token({ exp: 1e300, aud: [], iss: null })],
    ['that is none', 'a.b.c'],
  ])('claimsOf returns no claims for a token %s', (_, jwt) => {
    expect(claimsOf(jwt)).toEqual({ expireTime: undefined, audience: undefined, issuer: undefined });
  });

  it('claimsOf removes line breaks and control characters', () => {
    expect(claimsOf(issuer.token({ iss: 'a\u001b[2J\nb' })).issuer).toBe('"a [2J b"');
  });
});
