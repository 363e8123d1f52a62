import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { newsSince } from '../../../../lib/health/notifications/changes';
import { ToldFile } from '../../../../lib/health/notifications/told-file';
import { broken } from '../../../fixtures/arbitrary/broken';
import { oddText } from '../../../fixtures/arbitrary/text';
import { property } from '../../../fixtures/arbitrary/property';
import { report } from '../../../fixtures/results/report';
import { temporaryFolder } from '../../../fixtures/runs/temporary-folder';

const folder = temporaryFolder();
const path = join(folder, 'told.json');
const recipient = { deployment: '/deployment.ts', webhook: new URL('https://hooks.example/secret') };

const line = { kind: 'credential', name: 'testauth', state: 'expired', severity: 'broken' } as const;
const content = fc.array(oddText, { maxLength: 3 }).map((deployments) => ({
  version: 1,
  told: [recipient.deployment, ...deployments].map((deployment) => ({
    deployment,
    webhook: 'a'.repeat(64),
    lookedAt: '2026-11-25T12:00:00Z',
    lines: [line],
  })),
}));

/** Content of a file that was edited or truncated. */
const texts = fc.oneof(
  oddText,
  fc.json(),
  broken(content, fc.jsonValue({ maxDepth: 2 })).map(({ after }) => JSON.stringify(after)),
  fc.tuple(content, fc.nat(400)).map(([whole, length]) => JSON.stringify(whole).slice(0, length)),
);

property(
  'a file of what was told is read or found damaged, and written anew',
  texts,
  async (text) => {
    writeFileSync(path, text);
    const file = new ToldFile(path);
    const { told, problem } = await file.read(recipient);
    expect(problem ?? 'the last notification is').toMatch(/^the last notification is/);
    expect(problem ?? '').not.toContain('\n');
    const outcome = { at: new Date('2026-11-25T12:00:00Z'), report: report() };
    const { after } = newsSince(told?.lines ?? [], outcome);
    await file.write(recipient, { lookedAt: outcome.at, lines: [...after, line] });
    expect((await file.read(recipient)).told?.lines).toEqual([...after, line]);
  },
  { costs: 5 },
);
