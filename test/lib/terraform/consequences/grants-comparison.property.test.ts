import fc from 'fast-check';
import { declaredGrants, type DeclaredGrants } from '../../../../lib/declaration/declared/declared-grants';
import { parseNote } from '../../../../lib/declaration/declared/note';
import { compareGrants } from '../../../../lib/terraform/consequences/grants-comparison';
import { property } from '../../../fixtures/arbitrary/property';

const name = fc.constantFrom('a', 'b', 'c', 'd');
const names = fc.uniqueArray(name, { minLength: 1 });

function record<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Record<string, Value>> {
  return fc.dictionary(name, value, { minKeys: 1, maxKeys: 4 });
}

const login = fc.record({ type: fc.constantFrom('jwt', 'kubernetes', 'cert'), path: name });

const declared: fc.Arbitrary<DeclaredGrants> = record(fc.record({ name, clientId: name })).chain((integrations) =>
  fc.record({
    format: fc.constant(1),
    tokenUrl: fc.constantFrom('https://one.example', 'https://two.example'),
    appRolePath: name,
    integrations: fc.constant(integrations),
    credentials: record(fc.constantFrom(...Object.keys(integrations))),
    scopes: record(names),
    apps: record(fc.record({ name, reads: names, login }, { requiredKeys: ['name', 'reads'] })),
  }),
);

/** Whether the engine still refreshes a credential's grant after the change. */
function isRefreshed(credential: string, before: DeclaredGrants, after: DeclaredGrants): boolean {
  // A grant stores the name of its integration. Later declarations of the credential do not change the name.
  const integration = before.credentials[credential] ?? '';
  const [from, to] = [before.integrations[integration], after.integrations[integration]];
  return from?.clientId === to?.clientId && before.tokenUrl === after.tokenUrl;
}

property('an unchanged declaration has no consequences', declared, (same) => {
  expect(compareGrants(same, same)).toEqual({ notices: [], losses: [] });
});

property(
  'a credential is lost if, and only if, its integration can no longer refresh it',
  fc.tuple(declared, declared),
  ([before, after]) => {
    const { losses } = compareGrants(before, after);
    const told = losses.flatMap(({ kind, name: lost }) => (kind === 'credential' ? [lost] : [])).sort();
    const ended = Object.keys(before.credentials).filter((credential) => !isRefreshed(credential, before, after));
    expect(told).toEqual(ended.sort());
  },
);

property(
  'a lost integration is reported by its credentials, or by its name if it has none',
  fc.tuple(declared, declared),
  ([before, after]) => {
    const { losses } = compareGrants(before, after);
    for (const [inVault, { name: called, clientId }] of Object.entries(before.integrations)) {
      const isKept = after.integrations[inVault]?.clientId === clientId && before.tokenUrl === after.tokenUrl;
      const hasCredentials = Object.values(before.credentials).includes(inVault);
      if (!isKept && !hasCredentials) {
        expect(losses).toContainEqual(expect.objectContaining({ kind: 'integration', name: called }));
      }
    }
  },
);

property('the note in the state returns the declared grants', declared, (grants) => {
  expect(parseNote(JSON.stringify(grants), declaredGrants)).toEqual(grants);
});
