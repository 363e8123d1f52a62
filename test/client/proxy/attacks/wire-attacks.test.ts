import { AttackedProxy } from './attacked-proxy';
import { FRAMING } from './framing';
import { HEADERS } from './headers';
import { TARGETS } from './targets';

/* Requests as bytes, on the wire to the real proxy. */

let attacked: AttackedProxy;
beforeAll(async () => (attacked = await AttackedProxy.start()));
afterAll(() => attacked[Symbol.asyncDispose]());

const cases = [...FRAMING, ...TARGETS, ...HEADERS].map((each) => ({ ...each, bytes: JSON.stringify(each.request) }));

it.each(cases)('$attack: $bytes gets $answer', async ({ request, answer, upstream }) => {
  const got = await attacked.attack(request);
  expect({ answer: got.answer, upstream: got.upstream }).toEqual({ answer, upstream });
  expect(got.received).not.toContain(attacked.token);
});

it('no attack left a request or a secret in the reports', () => {
  expect(attacked.running).toBe(0);
  expect(JSON.stringify(attacked.served)).not.toContain(attacked.token);
  expect(JSON.stringify(attacked.served)).not.toContain(attacked.key);
});
