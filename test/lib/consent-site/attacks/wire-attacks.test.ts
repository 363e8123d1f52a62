import { AttackedLink } from './attacked-link';
import { LINK_ATTACKS } from './link-attacks';

/* Requests as bytes, on the wire to the real site of a link. */

let attacked: AttackedLink;
beforeAll(async () => (attacked = await AttackedLink.start()));
afterAll(() => attacked[Symbol.asyncDispose]());

const cases = LINK_ATTACKS.map((each) => ({ ...each, bytes: JSON.stringify(each.request).slice(0, 200) }));

it.each(cases)('$attack: $bytes gets $answer', async ({ request, answer, past }) => {
  const got = await attacked.attack(request);
  expect({ answer: got.answer, past: got.past }).toEqual({ answer, past });
  expect(got.received).not.toMatch(/<script|<img|<svg|\r\nx-evil|evil=1|\r\nlocation|evil\.example\//i);
  expect(got.received.match(/content-security-policy: [^\r]*frame-ancestors 'none'/g)).toHaveLength(1);
});

it('no attack used up the link, and no line for the operator has its secret', async () => {
  await attacked.consent();
  const secret = attacked.path.split('/').at(-1) ?? '';
  for (const text of [...attacked.site.lines, ...attacked.failures]) {
    expect(text.includes(secret)).toBe(false);
  }
  expect(attacked.site.lines).toEqual([]);
});
