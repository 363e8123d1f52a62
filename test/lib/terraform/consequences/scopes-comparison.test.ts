import { declaredGrants, grantsOf } from '../../../../lib/declaration/declared/declared-grants';
import { parseNote } from '../../../../lib/declaration/declared/note';
import { NOTHING } from '../../../../lib/terraform/consequences/consequence';
import { grantConsequences } from '../../../../lib/terraform/consequences/grant-consequences';
import { exampleDeployment } from '../../../fixtures/declarations/example-deployment';
import { noteChange, planned } from '../../../fixtures/declarations/planned';
import { serviceAppDeployment } from '../../../fixtures/declarations/service-app-deployment';

function declaring(...scopes: string[]) {
  return exampleDeployment({ credentials: [{ name: 'testauth', integration: 'webex-myapp', scopes }] });
}

function noticesOf(before: readonly string[], after: readonly string[], more: object = {}): readonly string[] {
  const deployment = declaring(...after);
  const [former, next] = [{ ...grantsOf(declaring(...before)), ...more }, grantsOf(deployment)];
  const { notices, losses } = grantConsequences(planned(noteChange(former, next)), deployment);
  expect(losses).toEqual([]);
  return notices;
}

const AGAIN = 'npx --no-install webex-token-vault authorize testauth --pkce --replace';

it.each([
  ['another order', ['a:one', 'b:two'], ['b:two', 'a:one']],
  ['a repeated scope', ['a:one'], ['a:one', 'a:one']],
  ['a scope that all scopes of a user cover already', ['spark:all'], ['spark:all', 'spark:people_read']],
])('the comparison reports nothing for %s', (_, before, after) => {
  expect(noticesOf(before, after)).toEqual([]);
});

it('the comparison says that the grant lacks added scopes until it is authorized anew', () => {
  expect(noticesOf(['a:one'], ['b:two', 'a:one', 'c:three'])).toEqual([
    `credential "testauth" asks for "b:two", "c:three" more; its grant does not have them until it is authorized anew: ${AGAIN}`,
  ]);
});

it('the comparison says that the grant keeps removed scopes until it is authorized anew', () => {
  expect(noticesOf(['a:one', 'b:two'], ['a:one'])).toEqual([
    `credential "testauth" no longer asks for "b:two"; its grant keeps them until it is authorized anew: ${AGAIN}`,
  ]);
});

it('the comparison reports the removed scope alone if single scopes of a user replace all', () => {
  expect(noticesOf(['spark:all'], ['spark:people_read'])).toEqual([
    `credential "testauth" no longer asks for "spark:all"; its grant keeps them until it is authorized anew: ${AGAIN}`,
  ]);
});

it('the comparison reads the note of an earlier release, which has no scopes, and reports nothing about scopes', () => {
  expect(noticesOf(['a:one'], ['b:two'], { scopes: undefined })).toEqual([]);
});

it('an earlier release reads the note of this one, without its scopes', () => {
  const { scopes, ...rest } = grantsOf(declaring('a:one'));
  expect(scopes).toBeDefined();
  const earlier = declaredGrants.omit({ scopes: true });
  expect(parseNote(JSON.stringify({ ...rest, scopes }), earlier)).toEqual(rest);
});

it('the comparison says that a Service App has to be authorized with added scopes first', () => {
  const [before, after] = [serviceAppDeployment({ reports: 'asker' }), serviceAppDeployment({ reports: 'asker' })];
  const credentials = after.credentials.map((each) =>
    each.name === 'reports' ? { ...each, scopes: [...each.scopes, 'analytics:read_all'] } : each,
  );
  const deployment = { ...after, credentials };
  const plan = planned(noteChange(grantsOf(before), grantsOf(deployment)));
  expect(grantConsequences(plan, deployment).notices).toEqual([
    'credential "reports" asks for "analytics:read_all" more; its grant does not have them until the Service App is authorized with them in Control Hub, and it is authorized anew: npx --no-install webex-token-vault authorize reports --replace',
  ]);
});

it('the command serves a link if the integration redirects to a consent site', () => {
  const integrations = [
    { name: 'webex-myapp', clientId: 'C0ffee', redirectUrl: 'https://grants.example.com/callback' },
  ];
  const [before, after] = [
    declaring('a:one'),
    { ...declaring('a:one', 'b:two'), integrations: exampleDeployment({ integrations }).integrations },
  ];
  const plan = planned(noteChange(grantsOf(before), grantsOf(after)));
  expect(grantConsequences(plan, after).notices).toEqual([
    expect.stringMatching(/anew: .* authorize testauth --replace$/),
  ]);
});

it('a new credential has no grant yet, so the comparison reports nothing about its scopes', () => {
  const deployment = declaring('a:one');
  const former = { ...grantsOf(deployment), credentials: {}, scopes: {} };
  expect(grantConsequences(planned(noteChange(former, grantsOf(deployment))), deployment)).toEqual(NOTHING);
});
