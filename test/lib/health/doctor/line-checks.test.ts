import { askerNotes, endlessSecretIds, lineAdvice, requireSound } from '../../../../lib/health/doctor/line-checks';
import type { Line, SecretIdLine } from '../../../../lib/health/report';
import { serviceAppDeployment } from '../../../fixtures/declarations/service-app-deployment';

it('the note says which person is behind the grant of a Service App', () => {
  const { credentials } = serviceAppDeployment({ reports: 'manager', manager: 'asker' });
  expect(askerNotes(credentials).map(({ kind, detail }) => `${kind}: ${detail}`)).toEqual([
    'note: credential "reports" gets its tokens through "manager", "asker"; if "asker" is lost, its person has to consent again',
    'note: credential "manager" gets its tokens through "asker"; if "asker" is lost, its person has to consent again',
  ]);
});

it('the note says that a Service App needs no person', () => {
  const { credentials } = serviceAppDeployment({ reports: 'manager', manager: 'keeper', keeper: 'manager' });
  expect(askerNotes(credentials).map(({ detail }) => detail)).toEqual([
    'credential "reports" gets its tokens through "manager", "keeper"; no person has to consent again if one is lost',
    'credential "manager" gets its tokens through "keeper", "manager"; no person has to consent again if one is lost',
    'credential "keeper" gets its tokens through "manager", "keeper"; no person has to consent again if one is lost',
  ]);
});

function line(name: string, part: Partial<Line>): Line {
  return { name, state: 'healthy', severity: 'healthy', detail: 'it works', notes: [], ...part };
}

describe('requireSound', () => {
  it('requireSound accepts healthy lines and lines that expire soon', () => {
    const soon = ['expires soon', 'old', 'never', 'healthy', 'good'].map((state) =>
      line(state, { state, severity: 'attention' }),
    );
    expect(() => requireSound('app', [line('fine', {}), ...soon])).not.toThrow();
  });

  it('requireSound throws the first broken line before a failing one, and counts the others', () => {
    const failing = line('first', {
      state: 'failing',
      severity: 'attention',
      detail: 'refreshing fails',
      next: 'wait',
    });
    const gone = line('second', { state: 'gone', severity: 'broken', detail: 'it was deleted', next: 'authorize it' });
    const more = 'and 1 more: npx --no-install webex-token-vault status';
    expect(() => requireSound('credential', [failing])).toThrow('credential "first" (failing): refreshing fails; wait');
    expect(() => requireSound('credential', [failing, gone])).toThrow(
      `credential "second" (gone): it was deleted; authorize it, ${more}`,
    );
    const silent = { ...gone, next: undefined };
    expect(() => requireSound('credential', [silent])).toThrow(/it was deleted$/);
    expect(() => requireSound('credential', [silent, failing])).toThrow(`it was deleted; ${more}`);
  });
});

it('the advice covers lines that expire soon and every note, but no broken line', () => {
  const lines = [
    line('fine', {}),
    line('soon', { state: 'expires soon', severity: 'attention', detail: 'it expires', next: 'issue soon' }),
    line('noted', { notes: ['one', 'two'] }),
    line('bad', { state: 'gone', severity: 'broken' }),
  ];
  expect(lineAdvice('app', lines)).toEqual([
    { kind: 'advice', detail: 'app "soon": it expires', next: 'issue soon' },
    { kind: 'advice', detail: 'app "noted": one' },
    { kind: 'advice', detail: 'app "noted": two' },
  ]);
});

it('the advice names secret ids that never expire, unless they are designed so', () => {
  const secretId = (name: string, expireTime?: Date | null): SecretIdLine => ({
    ...line(name, {}),
    state: 'good',
    expireTime,
  });
  const apps = [secretId('reports', null), secretId('daily', new Date()), secretId('identity')];
  const operators = ['administrator', 'backup', 'issuer'].map((name) => secretId(name, null));
  expect(endlessSecretIds(apps, operators).map(({ kind, detail }) => `${kind}: ${detail}`)).toEqual([
    'advice: the secret id of app "reports" never expires, so a forgotten copy of it stays valid',
    'advice: the secret id of operator "issuer" never expires, so a forgotten copy of it stays valid',
    'note: the secret ids of "administrator", "backup" never expire by design; keep them where nobody else can read them',
  ]);
  expect(endlessSecretIds([], [])).toEqual([]);
});
