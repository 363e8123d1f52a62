import { waitingPage } from '../../../../lib/consent-site/pages/waiting-page';
import { HOSTILE_NAME, waitingList } from '../../../fixtures/pages/consent-pages';

it('the list names each credential, its account and the reason, and links to its request', () => {
  const { html } = waitingPage(waitingList());
  expect(html).toContain('<title>4 consents are waiting</title>');
  for (const words of ['Nobody has consented yet', 'Scopes are missing', 'spark:rooms_read', 'The consent ends soon']) {
    expect(html).toContain(words);
  }
  expect(html.match(/href="[^"]*"/g)).toEqual([
    'href="/consent/meetings-report"',
    'href="/consent/rooms"',
    'href="/consent/people"',
  ]);
  expect(html).toContain(
    'authorized <time datetime="2026-12-01T09:00:00.000Z">2026-12-01 09:00 UTC</time>, 22 hours ago',
  );
});

it('a credential that this site cannot ask for says what to do, and has no button', () => {
  const item = {
    credential: 'rooms',
    integration: 'people',
    reason: 'never given',
    instead: 'Name its owner',
  } as const;
  const { html } = waitingPage(waitingList({ items: [item] }));
  expect(html).toContain('No account declared');
  expect(html).toContain('Name its owner');
  expect(html).not.toContain('class="button" href');
});

it('an organization that withdrew its authorization names the credential that has ended', () => {
  const [organization] = waitingList().organizations;
  const { html } = waitingPage(
    waitingList({ organizations: organization && [{ ...organization, withdrawnFrom: 'rooms.acme' }] }),
  );
  expect(html).toContain('withdrawn, so <bdi>rooms.acme</bdi> has ended');
});

it('an organization has the change of the declaration, with the line to copy', () => {
  const [organization] = waitingList().organizations;
  const step = { words: 'Add to the organizations of "reports"', entry: '{ name: "NAME", id: "<b>" }' };
  const { html } = waitingPage(waitingList({ organizations: organization && [{ ...organization, step }] }));
  expect(html).toContain('<code><bdi>{ name: &quot;NAME&quot;, id: &quot;&lt;b&gt;&quot; }</bdi></code>');
});

it('the list counts the credentials whose state is unknown, and names the first ones', () => {
  const unknown = Array.from({ length: 1000 }, (_, index) => `grant-${index}`);
  const { html } = waitingPage(waitingList({ unknown }));
  expect(html).toContain('grant-9 and 990 more');
  expect(html).not.toContain('grant-10');
});

it('the log out is a form that carries the token of the session', () => {
  const { html } = waitingPage(waitingList());
  expect(html).toContain('<form method="post" action="/logout">');
  expect(html).toContain('<input type="hidden" name="csrf" value="forgery-token">');
});

it('an empty list says so', () => {
  const { html } = waitingPage(waitingList({ items: [], organizations: [] }));
  expect(html).toContain('<title>No consents are waiting</title>');
  expect(html).not.toContain('<ul');
});

it('a name from the identity provider or from Webex stays text', () => {
  const [organization] = waitingList().organizations;
  const { html } = waitingPage(
    waitingList({
      person: HOSTILE_NAME,
      organizations: organization === undefined ? [] : [{ ...organization, application: HOSTILE_NAME }],
    }),
  );
  expect(html).not.toContain('<script');
  expect(html.match(/&lt;script&gt;/g)).toHaveLength(2);
});
