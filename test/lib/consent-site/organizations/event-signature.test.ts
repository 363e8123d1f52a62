import { isSigned } from '../../../../lib/consent-site/organizations/event-signature';
import { eventBody, SECRET, signatureOf } from './signed-event';

const body = eventBody();

function signed(headers: Readonly<Record<string, string>>, secrets = [SECRET], of = body): boolean {
  return isSigned(of, (name) => headers[name], secrets);
}

it('the signature is the one that OpenSSL makes of the bytes', () => {
  // printf '{"resource":"serviceApp"}' | openssl dgst -sha1 -hmac somesupersecretphrase
  const headers = { 'x-spark-signature': '31c9993a6f3e167c2403726acf97409333d490b4' };
  const of = (text: string) => signed(headers, ['somesupersecretphrase'], Buffer.from(text));
  expect(of('{"resource":"serviceApp"}')).toBe(true);
  expect(of('{"resource": "serviceApp"}')).toBe(false);
});

it.each(['sha1', 'sha256', 'sha512'])('a signature by HMAC of %s is accepted in each header', (algorithm) => {
  const signature = signatureOf(body, SECRET, algorithm);
  expect(signed({ 'x-spark-signature': signature })).toBe(true);
  expect(signed({ 'x-webex-signature': signature.toUpperCase() })).toBe(true);
  expect(signed({ 'x-hub-signature': signature })).toBe(false);
});

it.each([
  ['another body', signatureOf(Buffer.concat([body, Buffer.from(' ')]))],
  ['another secret', signatureOf(body, `${SECRET}x`)],
  ['another algorithm', signatureOf(body, SECRET, 'md5')],
  ['no signature', ''],
  ['a signature that is cut', signatureOf(body).slice(0, -1)],
  ['a signature with more digits', `${signatureOf(body)}0`],
  ['other characters of the same length', 'z'.repeat(40)],
  ['a prefix', `sha1=${signatureOf(body)}`],
  ['two signatures', `${signatureOf(body)},${signatureOf(body)}`],
])('an event with the signature of %s is refused', (_, signature) => {
  expect(signed({ 'x-spark-signature': signature })).toBe(false);
  expect(signed({ 'x-spark-signature': signature, 'x-webex-signature': signature })).toBe(false);
});

it('a signature by any of the secrets is accepted, and none without a secret', () => {
  const headers = { 'x-spark-signature': signatureOf(body) };
  expect(signed(headers, ['another-secret-of-it', SECRET])).toBe(true);
  expect(signed(headers, [SECRET, 'another-secret-of-it'])).toBe(true);
  expect(signed(headers, [])).toBe(false);
  expect(signed({})).toBe(false);
});
