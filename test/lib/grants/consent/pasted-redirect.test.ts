import { PastedRedirect } from '../../../../lib/grants/consent/pasted-redirect';
import { expectedConsent } from '../../../fixtures/results/expected-consent';
import { RedirectState } from '../../../../lib/browser/redirect';

const REDIRECT_URL = 'http://localhost:5000/auth';

/** Pastes the texts in order, and records the answer to each. */
async function paste(texts: (state: string) => string[], signal = new AbortController().signal) {
  const state = new RedirectState();
  const queue = texts(state.value);
  const problems: (string | undefined)[] = [];
  const channel = new PastedRedirect(REDIRECT_URL, (problem) => {
    problems.push(problem);
    return Promise.resolve(queue.shift());
  });
  const expected = expectedConsent(state);
  const received = await channel.receive(expected, signal);
  return { code: received.code, problems };
}

it('the prompt takes the code out of the pasted address', async () => {
  expect((await paste((state) => [` ${REDIRECT_URL}?code=c0de&state=${state}\n`])).code).toBe('c0de');
});

it('the prompt accepts an address without the scheme, which the browser hid', async () => {
  expect((await paste((state) => [`localhost:5000/auth?code=c0de&state=${state}`])).code).toBe('c0de');
});

it('the prompt asks again and says why until the pasted address is the right one', async () => {
  const { code, problems } = await paste((state) => [
    'hello',
    `http://localhost:5001/auth?code=a&state=${state}`,
    `http://localhost:5000/other?code=b&state=${state}`,
    `${REDIRECT_URL}?code=c&state=wrong`,
    `${REDIRECT_URL}?code=right&state=${state}`,
  ]);
  expect(code).toBe('right');
  expect(problems).toEqual([
    undefined,
    ...Array<string>(3).fill('it must begin with http://localhost:5000/auth?'),
    'its state is missing, wrong or used already, so it does not answer this request',
  ]);
});

it('the final error says why the last address was rejected if no other follows', async () => {
  await expect(paste(() => [`${REDIRECT_URL}?code=SECRET&state=x`])).rejects.toThrow(
    /^the pasted URL was ignored: its state .* nothing was changed/,
  );
  await expect(paste(() => [])).rejects.toThrow(/^no redirected URL was given; nothing was changed/);
});

it('the prompt asks again if the pasted text is not an address', async () => {
  const queue = ['http://'];
  const problems: (string | undefined)[] = [];
  const channel = new PastedRedirect(REDIRECT_URL, (problem) => {
    problems.push(problem);
    return Promise.resolve(queue.shift());
  });
  const received = channel.receive(expectedConsent(new RedirectState()), new AbortController().signal);
  await expect(received).rejects.toThrow('it must begin with');
  expect(problems).toEqual([undefined, 'it must begin with http://localhost:5000/auth?']);
});

it('the error explains that consent was denied at Webex', async () => {
  await expect(paste((state) => [`${REDIRECT_URL}?error=access_denied&state=${state}`])).rejects.toThrow(
    /consent was denied at Webex/,
  );
});

it("the prompt ends with the signal's reason while nobody pastes anything", async () => {
  const abort = new AbortController();
  const channel = new PastedRedirect(REDIRECT_URL, () => new Promise(() => undefined));
  const received = channel.receive(expectedConsent(new RedirectState()), abort.signal);
  abort.abort(new Error('enough'));
  await expect(received).rejects.toThrow('enough');
});
