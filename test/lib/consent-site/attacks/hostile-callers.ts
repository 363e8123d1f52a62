import pLimit from 'p-limit';
import { WireCaller, statusesIn } from '../../../fixtures/loopback/wire-caller';
import { AttackedLink, REDIRECT } from './attacked-link';
import { AttackedPeople } from './attacked-people';
import { type AttackedSite, BASE } from './attacked-site';
import { hostileRequests } from './hostile-requests';

/* Callers that send hostile requests from the generator, and what they may get. */

const AT_ONCE = 40;

interface Sent {
  /** Requests by the statuses of their answers. */
  readonly answers: Map<string, number>;
  /** Requests whose answer is suspicious. */
  readonly suspicious: string[];
}

/** Sends each request on a connection of its own. @param secret text that no answer may have */
async function send(site: AttackedSite, requests: readonly string[], allowed: RegExp, secret: string): Promise<Sent> {
  const answers = new Map<string, number>();
  const suspicious: string[] = [];
  const limit = pLimit(AT_ONCE);
  await limit.map(requests, async (request) => {
    await using caller = await WireCaller.connect(site.port);
    // A request without an end is cut off by the end of the connection.
    caller.socket.end(request, 'latin1');
    await caller.closed();
    const { received } = caller;
    const answer = statusesIn(received);
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
    const isSafe = allowed.test(answer) && !received.includes(secret);
    if (!isSafe || /\r\n(?:set-cookie|location|x-evil):|<script/i.test(received)) {
      suspicious.push(`${JSON.stringify(request)} got ${received.slice(0, 500)}`);
    }
  });
  expect([...answers.values()].reduce((sum, each) => sum + each, 0)).toBe(requests.length);
  return { answers, suspicious: suspicious.slice(0, 10) };
}

/** @param count number of requests to the link */
export async function expectNothingFromLink(count: number): Promise<void> {
  await using attacked = await AttackedLink.start();
  const visitors = [await attacked.visitor(), await attacked.visitor()] as const;
  const requests = hostileRequests({ visitors, page: attacked.path, redirect: REDIRECT }, count);
  const { answers, suspicious } = await send(attacked.site, requests, /^(?:100 )?(?:4\d\d|501|505|)$/, attacked.mark);
  expect(suspicious).toEqual([]);
  // The requests reach each of the checks.
  expect([...answers.keys()]).toEqual(expect.arrayContaining(['400', '403', '404', '405', '421']));
  expect({ codes: attacked.exchanged, forms: attacked.posted, lines: attacked.site.lines }).toEqual({
    codes: [],
    forms: [],
    lines: [],
  });
  await attacked.consent();
}

/** @param count number of requests to the page of the people */
export async function expectNothingFromPeople(count: number): Promise<void> {
  await using attacked = await AttackedPeople.start();
  const person = await attacked.logIn();
  const visitors = [await attacked.begin(), await attacked.begin()] as const;
  const [page, redirect] = [`${BASE.pathname}consent/reports`, `${BASE.pathname}oidc/callback`];
  attacked.takeAsked();
  // The page with the login is for everybody.
  const { suspicious } = await send(
    attacked.site,
    hostileRequests({ visitors, page, redirect }, count),
    /^(?:100 )?(?:200|4\d\d|501|505|)$/,
    'name="csrf"',
  );
  expect(suspicious).toEqual([]);
  expect(attacked.takeAsked()).toEqual([]);
  expect(attacked.site.lines).toEqual([]);
  expect(await attacked.isLoggedIn(person.cookie)).toBe(true);
}
