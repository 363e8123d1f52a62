import fc from 'fast-check';
import type { BrowserPage } from '../../../lib/browser/browser-page';
import { replyHeaders, replyOf } from '../../../lib/browser/page-reply';
import { readRedirect, RedirectState } from '../../../lib/browser/redirect';
import { expectedConsent } from '../../fixtures/results/expected-consent';
import { property } from '../../fixtures/arbitrary/property';

const STATE = 'the-state';

const value = fc.oneof(fc.constantFrom(STATE, '', 'the-code', 'access_denied', 'login_required'), fc.string());
const pairs = fc.array(
  fc.tuple(fc.oneof(fc.constantFrom('state', 'code', 'error', 'error_description'), value), value),
);

property(
  'only a redirect with our state once and one code gives a code',
  pairs,
  (given) => {
    const parameters = new URLSearchParams(given);
    const expected = expectedConsent(new RedirectState(STATE));
    const redirect = readRedirect(parameters, expected);
    const [states, codes, errors] = ['state', 'code', 'error'].map((name) => parameters.getAll(name));
    const isOurs = states?.length === 1 && states[0] === STATE;
    const isOne = (codes?.length ?? 0) + (errors?.length ?? 0) === 1;
    if (redirect.kind === 'code') {
      expect({ isOurs, isOne, codes }).toEqual({ isOurs: true, isOne: true, codes: [redirect.code] });
    } else {
      expect(isOurs && isOne && codes?.[0]).toBeFalsy();
    }
    // Only an answer uses up the state.
    expect(expected.state.matches(STATE)).toBe(redirect.kind === 'ignored');
  },
  {
    always: [
      `state=${STATE}&code=c0de`,
      'code=c',
      'state=other&code=c',
      'state=other&error=access_denied',
      `state=${STATE}&state=${STATE}&code=c`,
      `state=${STATE}&code=c&code=d`,
      `state=${STATE}&code=c&error=access_denied`,
      `state=${STATE}`,
      `state=${STATE}&code=`,
    ].map((query) => [...new URLSearchParams(query)]),
  },
);

const text = fc.oneof(
  fc.constantFrom('<script>x</script>', '"><x', "' onload='x", '&lt;', '</title><x>', 'javascript:x'),
  fc.string({ unit: 'grapheme' }),
);

property(
  'a page shows any text as text, with the same tags, attributes and script policy',
  fc.record({ title: text, text }),
  (words) => {
    const shown = (title: string, shownText: string): string => {
      const page: BrowserPage = { status: 200, tone: 'bad', title, text: shownText };
      const reply = replyOf(page);
      expect(replyHeaders(reply)['content-security-policy']).toMatch(
        /^default-src 'none'; style-src 'sha256-\S+'; base-uri 'none'/,
      );
      return reply.document?.html ?? '';
    };
    expect(shown(words.title, words.text).match(/[<>"']/g)).toEqual(shown('x', 'x').match(/[<>"']/g));
  },
);
