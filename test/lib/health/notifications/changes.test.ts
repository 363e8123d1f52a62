import { newsSince, type LookOutcome, type ToldLine } from '../../../../lib/health/notifications/changes';
import type { Report } from '../../../../lib/health/report';
import { credentialLine, refusedLine, report } from '../../../fixtures/results/report';

const down = {
  ...report().server,
  state: 'sealed',
  severity: 'broken',
  detail: 'nothing can be read until it is unsealed',
} as const;

function seen(changes: Partial<Report> = {}): LookOutcome {
  const found = report(changes);
  return { at: found.lookedAt, report: found };
}

function summary(told: readonly ToldLine[], outcome: LookOutcome): string[] {
  return newsSince(told, outcome).changes.map(
    ({ kind, name, state, severity }) => `${severity} ${kind} ${name} ${state}`,
  );
}

/** The lines that are told after these looks, if each look sends its notification. */
function afterAll(...sights: LookOutcome[]): readonly ToldLine[] {
  return sights.reduce<readonly ToldLine[]>((told, outcome) => newsSince(told, outcome).after, []);
}

const failing = seen({ credentials: [credentialLine(), refusedLine()] });

it('the first message reports every unhealthy line', () => {
  expect(summary([], failing)).toEqual(['attention credential recordings re-authorization required']);
  expect(summary([], seen())).toEqual([]);
});

it('the news reports a change once, and reports the recovery', () => {
  const told = afterAll(failing);
  expect(summary(told, failing)).toEqual([]);
  const healed = newsSince(told, seen({ credentials: [credentialLine(), credentialLine({ name: 'recordings' })] }));
  expect(healed.changes).toMatchObject([
    { name: 'recordings', severity: 'healthy', before: { state: 're-authorization required', severity: 'attention' } },
  ]);
  expect(healed.after).toEqual([]);
});

it('the news reports what gets worse, the worst first', () => {
  const worse = seen({
    credentials: [
      credentialLine({ severity: 'attention', state: 'failing' }),
      refusedLine({ severity: 'broken', state: 'expired' }),
    ],
  });
  expect(summary(afterAll(failing), worse)).toEqual([
    'broken credential recordings expired',
    'attention credential testauth failing',
  ]);
});

it('the news reports a server that is down once, and not the grants behind it', () => {
  const behind = { state: 'unknown', severity: 'broken' } as const;
  const blind = seen({
    server: down,
    engine: { ...report().engine, ...behind },
    credentials: [credentialLine(behind), refusedLine(behind)],
  });
  const news = newsSince(afterAll(failing), blind);
  expect(news.changes).toMatchObject([{ kind: 'server', state: 'sealed' }]);
  expect(news.unseen).toBe(5);
  expect(summary(afterAll(failing, blind), failing)).toEqual(['healthy server https://vault.example.com:8200 up']);
});

it('the news reports a failed look, and that looking works again', () => {
  const unseen: LookOutcome = { at: new Date(), failure: { kind: 'NotPermitted', message: 'there is no Vault token' } };
  expect(summary(afterAll(failing), unseen)).toEqual(['broken look itself NotPermitted']);
  expect(summary(afterAll(failing, unseen), unseen)).toEqual([]);
  expect(summary(afterAll(failing, unseen), failing)).toEqual(['healthy look itself possible']);
});

it('the news drops a credential that is no longer declared, without a message', () => {
  const news = newsSince(afterAll(failing), seen());
  expect(news).toMatchObject({ changes: [], after: [] });
});
